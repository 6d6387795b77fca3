"""Poisson's equation by a discontinuous Galerkin method: integrals over interior facets."""
import ufl
from dolfinx import fem, mesh
from mpi4py import MPI
from report import integral, report, solve

domain = mesh.create_unit_square(MPI.COMM_WORLD, 8, 8)
V = fem.FunctionSpace(domain, ("DG", 1))
u, v, x, n = ufl.TrialFunction(V), ufl.TestFunction(V), ufl.SpatialCoordinate(domain), ufl.FacetNormal(domain)
h = 0.125
a = (ufl.inner(ufl.grad(u), ufl.grad(v)) * ufl.dx
     - ufl.inner(ufl.avg(ufl.grad(u)), ufl.jump(v, n)) * ufl.dS - ufl.inner(ufl.jump(u, n), ufl.avg(ufl.grad(v))) * ufl.dS
     + 4 / h * ufl.inner(ufl.jump(u, n), ufl.jump(v, n)) * ufl.dS
     - ufl.inner(ufl.grad(u), v * n) * ufl.ds - ufl.inner(u * n, ufl.grad(v)) * ufl.ds + 8 / h * ufl.inner(u, v) * ufl.ds)
uh = solve(a, ufl.inner(ufl.exp(x[0]) * x[1], v) * ufl.dx)
report(norm=integral(ufl.inner(uh, uh) * ufl.dx), jumps=integral(ufl.inner(ufl.jump(uh), ufl.jump(uh)) * ufl.dS))
