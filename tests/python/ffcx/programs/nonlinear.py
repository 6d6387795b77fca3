"""A nonlinear Poisson equation by Newton's method, with the Jacobian from differentiation."""
import numpy
import ufl
from dolfinx import fem, mesh
from dolfinx.fem.petsc import NonlinearProblem
from dolfinx.nls.petsc import NewtonSolver
from mpi4py import MPI
from petsc4py.PETSc import ScalarType
from report import integral, report

domain = mesh.create_unit_square(MPI.COMM_WORLD, 6, 6)
V = fem.FunctionSpace(domain, ("Lagrange", 1))
u, v, x = fem.Function(V), ufl.TestFunction(V), ufl.SpatialCoordinate(domain)
facets = mesh.locate_entities_boundary(domain, 1, lambda x: numpy.ones(x.shape[1], dtype=bool))
bc = fem.dirichletbc(ScalarType(1), fem.locate_dofs_topological(V, 1, facets), V)
u.x.array[:] = 1
F = ufl.inner((1 + u**2) * ufl.grad(u), ufl.grad(v)) * ufl.dx - ufl.inner(10 * x[0], v) * ufl.dx
solver = NewtonSolver(domain.comm, NonlinearProblem(F, u, bcs=[bc]))
solver.rtol = 1e-12
iterations, converged = solver.solve(u)
report(converged=converged, norm=integral(ufl.inner(u, u) * ufl.dx))
