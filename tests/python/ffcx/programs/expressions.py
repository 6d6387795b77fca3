"""Interpolation of expressions, and their values at points of cells."""
import numpy
import ufl
from dolfinx import fem, mesh
from mpi4py import MPI
from report import integral, report

domain = mesh.create_unit_cube(MPI.COMM_WORLD, 3, 3, 3)
V = fem.FunctionSpace(domain, ("Lagrange", 2))
W = fem.VectorFunctionSpace(domain, ("DG", 1))
f, flux, x = fem.Function(V), fem.Function(W), ufl.SpatialCoordinate(domain)
f.interpolate(lambda x: x[0]**2 + numpy.sin(x[1]) * x[2])
flux.interpolate(fem.Expression(f * ufl.grad(f) + x, W.element.interpolation_points()))
points = numpy.array([[0.2, 0.3, 0.1], [0.25, 0.25, 0.25]])
values = fem.Expression(ufl.as_vector([ufl.exp(f), ufl.div(flux)]), points).eval(numpy.arange(4, dtype=numpy.int32))
report(norm=integral(ufl.inner(flux, flux) * ufl.dx), values=values.sum(), first=values.ravel()[0])
