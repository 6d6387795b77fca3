"""A Poisson equation whose conductivity depends on the solution, solved by Newton's method with an automatic Jacobian."""
import json

import numpy
import ufl
from dolfinx import fem, mesh
from dolfinx.fem.petsc import NonlinearProblem
from dolfinx.nls.petsc import NewtonSolver
from mpi4py import MPI
from petsc4py import PETSc

domain = mesh.create_unit_square(MPI.COMM_WORLD, 8, 8)
V = fem.FunctionSpace(domain, ("Lagrange", 2))
u, v = fem.Function(V), ufl.TestFunction(V)
x = ufl.SpatialCoordinate(domain)
residual = ufl.inner((1 + u**2) * ufl.grad(u), ufl.grad(v)) * ufl.dx - ufl.inner(10 * x[0] * ufl.sin(x[1]), v) * ufl.dx
right = mesh.locate_entities_boundary(domain, 1, lambda x: numpy.isclose(x[0], 1))
fixed = fem.dirichletbc(PETSc.ScalarType(1), fem.locate_dofs_topological(V, 1, right), V)

solver = NewtonSolver(domain.comm, NonlinearProblem(residual, u, [fixed]))
solver.rtol = solver.atol = 1e-13
iterations, converged = solver.solve(u)
print(json.dumps({
    "iterations": iterations,
    "converged": int(converged),
    "norm": fem.assemble_scalar(fem.form(ufl.inner(u, u) * ufl.dx)).real,
    "energy": fem.assemble_scalar(fem.form((1 + u**2) * ufl.inner(ufl.grad(u), ufl.grad(u)) * ufl.dx)).real,
}))
