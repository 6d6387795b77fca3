"""Poisson's equation with linear elements, in real or complex numbers. The numbers do not depend on the number of processes."""
import json

import numpy
import ufl
from dolfinx import fem, mesh
from dolfinx.fem.petsc import LinearProblem
from mpi4py import MPI
from petsc4py import PETSc

domain = mesh.create_unit_square(MPI.COMM_WORLD, 8, 8)
V = fem.FunctionSpace(domain, ("Lagrange", 1))
u, v = ufl.TrialFunction(V), ufl.TestFunction(V)
x = ufl.SpatialCoordinate(domain)
source = 10 * ufl.exp(-((x[0] - 0.5)**2 + (x[1] - 0.5)**2) / 0.02)
sides = mesh.locate_entities_boundary(domain, 1, lambda x: numpy.isclose(x[0], 0) | numpy.isclose(x[0], 1))
fixed = fem.dirichletbc(PETSc.ScalarType(0.25), fem.locate_dofs_topological(V, 1, sides), V)
form = ufl.inner(ufl.grad(u), ufl.grad(v)) * ufl.dx
load = ufl.inner(source, v) * ufl.dx + ufl.inner(ufl.sin(5 * x[0]), v) * ufl.ds
w = LinearProblem(form, load, [fixed], petsc_options={
    "ksp_type": "preonly", "pc_type": "lu", "pc_factor_mat_solver_type": "mumps"}).solve()


def total(integral):
    return domain.comm.allreduce(fem.assemble_scalar(fem.form(integral)).real, op=MPI.SUM)


print(json.dumps({
    "norm": total(ufl.inner(w, w) * ufl.dx),
    "energy": total(ufl.inner(ufl.grad(w), ufl.grad(w)) * ufl.dx),
    "boundary": total(w * ufl.ds),
}))
