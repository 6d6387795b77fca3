"""The heat equation: twenty steps in time, with coefficients and a constant that change."""
import numpy
import ufl
from dolfinx import fem, mesh
from mpi4py import MPI
from petsc4py.PETSc import ScalarType
from report import integral, report, solve

domain = mesh.create_unit_interval(MPI.COMM_WORLD, 40)
V = fem.FunctionSpace(domain, ("Lagrange", 1))
u, v, x = ufl.TrialFunction(V), ufl.TestFunction(V), ufl.SpatialCoordinate(domain)
before, dt, t = fem.Function(V), fem.Constant(domain, ScalarType(0.01)), fem.Constant(domain, ScalarType(0))
before.interpolate(lambda x: numpy.sin(numpy.pi * x[0]))
a = ufl.inner(u, v) * ufl.dx + dt * ufl.inner(ufl.grad(u), ufl.grad(v)) * ufl.dx
L = ufl.inner(before + dt * ufl.cos(t) * x[0], v) * ufl.dx
for step in range(20):
    t.value += dt.value
    before.x.array[:] = solve(a, L).x.array
report(norm=integral(ufl.inner(before, before) * ufl.dx), heat=integral(before * ufl.dx))
