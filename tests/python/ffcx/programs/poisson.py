"""Poisson's equation with a coefficient, a constant, a source that is a function of the place, and Dirichlet conditions."""
import numpy
import ufl
from dolfinx import fem, mesh
from mpi4py import MPI
from petsc4py.PETSc import ScalarType
from report import integral, report, solve

domain = mesh.create_unit_square(MPI.COMM_WORLD, 8, 8)
V = fem.FunctionSpace(domain, ("Lagrange", 2))
u, v, x = ufl.TrialFunction(V), ufl.TestFunction(V), ufl.SpatialCoordinate(domain)
kappa, k = fem.Function(V), fem.Constant(domain, ScalarType(1.5))
kappa.interpolate(lambda x: 1 + x[0]**2)
facets = mesh.locate_entities_boundary(domain, 1, lambda x: numpy.isclose(x[0], 0))
bc = fem.dirichletbc(ScalarType(0.25), fem.locate_dofs_topological(V, 1, facets), V)
uh = solve(k * kappa * ufl.inner(ufl.grad(u), ufl.grad(v)) * ufl.dx,
           ufl.inner(ufl.sin(x[0]) * x[1]**2, v) * ufl.dx + ufl.inner(x[1], v) * ufl.ds, [bc])
report(norm=integral(ufl.inner(uh, uh) * ufl.dx), mean=integral(uh * ufl.dx))
