"""Poisson's equation with discontinuous elements and an interior penalty: integrals over interior facets."""
import json

import ufl
from dolfinx import fem, mesh
from dolfinx.fem.petsc import LinearProblem
from mpi4py import MPI
from petsc4py import PETSc

domain = mesh.create_unit_square(MPI.COMM_WORLD, 6, 6)
V = fem.FunctionSpace(domain, ("DG", 1))
u, v = ufl.TrialFunction(V), ufl.TestFunction(V)
n, h, x = ufl.FacetNormal(domain), ufl.Circumradius(domain), ufl.SpatialCoordinate(domain)
penalty = fem.Constant(domain, PETSc.ScalarType(8))
jump, avg, grad, inner, dS, ds = ufl.jump, ufl.avg, ufl.grad, ufl.inner, ufl.dS, ufl.ds

form = inner(grad(u), grad(v)) * ufl.dx
form += -inner(avg(grad(u)), jump(v, n)) * dS - inner(jump(u, n), avg(grad(v))) * dS + penalty / avg(h) * inner(jump(u), jump(v)) * dS
form += -inner(grad(u), v * n) * ds - inner(u * n, grad(v)) * ds + penalty / h * inner(u, v) * ds
w = LinearProblem(form, inner(ufl.sin(3 * x[0]) * ufl.exp(x[1]), v) * ufl.dx, petsc_options={
    "ksp_type": "preonly", "pc_type": "lu", "pc_factor_mat_solver_type": "mumps"}).solve()
print(json.dumps({
    "norm": fem.assemble_scalar(fem.form(inner(w, w) * ufl.dx)).real,
    "jumps": fem.assemble_scalar(fem.form(inner(jump(w), jump(w)) * dS)).real,
    "flux": fem.assemble_scalar(fem.form(ufl.dot(grad(w), n) * ds)).real,
}))
