"""Helmholtz's equation with an absorbing boundary: complex where PETSc is."""
import numpy
import ufl
from dolfinx import fem, mesh
from mpi4py import MPI
from petsc4py.PETSc import ScalarType
from report import integral, report, solve

is_complex = numpy.issubdtype(ScalarType, numpy.complexfloating)
domain = mesh.create_unit_square(MPI.COMM_WORLD, 8, 8, mesh.CellType.quadrilateral)
V = fem.FunctionSpace(domain, ("Lagrange", 2))
u, v, x = ufl.TrialFunction(V), ufl.TestFunction(V), ufl.SpatialCoordinate(domain)
k = fem.Constant(domain, ScalarType(4 + 0.1j if is_complex else 4))
a = ufl.inner(ufl.grad(u), ufl.grad(v)) * ufl.dx - k**2 * ufl.inner(u, v) * ufl.dx
if is_complex:
    a += 1j * k * ufl.inner(u, v) * ufl.ds
uh = solve(a, ufl.inner(ufl.exp(-10 * (x[0] - 0.3)**2), v) * ufl.dx)
report(norm=integral(ufl.inner(uh, uh) * ufl.dx), corner=integral(uh * ufl.ds))
