"""Helmholtz's equation in complex numbers: a source in an absorbing medium, with an impedance condition on the boundary."""
import json

import ufl
from dolfinx import fem, mesh
from dolfinx.fem.petsc import LinearProblem
from mpi4py import MPI
from petsc4py import PETSc

domain = mesh.create_unit_square(MPI.COMM_WORLD, 8, 8)
V = fem.FunctionSpace(domain, ("Lagrange", 2))
u, v = ufl.TrialFunction(V), ufl.TestFunction(V)
x = ufl.SpatialCoordinate(domain)
k = fem.Constant(domain, PETSc.ScalarType(6 + 0.2j))
wave = ufl.exp(1j * 4 * x[0]) * ufl.cos(3 * x[1])
form = (ufl.inner(ufl.grad(u), ufl.grad(v)) - k**2 * ufl.inner(u, v)) * ufl.dx - 1j * k * ufl.inner(u, v) * ufl.ds
w = LinearProblem(form, ufl.inner(wave, v) * ufl.dx, petsc_options={
    "ksp_type": "preonly", "pc_type": "lu", "pc_factor_mat_solver_type": "mumps"}).solve()


def parts(integral):
    value = fem.assemble_scalar(fem.form(integral))
    return [value.real, value.imag]


print(json.dumps({
    "norm": parts(ufl.inner(w, w) * ufl.dx),
    "mean": parts(w * ufl.dx),
    "against the wave": parts(ufl.inner(w, wave) * ufl.dx),
    "product": parts(ufl.real(w) * ufl.imag(w) * ufl.dx),
}))
