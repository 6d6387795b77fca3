"""Expressions evaluated at points: gradients interpolated into other spaces, values at quadrature points, constants that change."""
import json

import numpy
import ufl
from dolfinx import fem, mesh
from mpi4py import MPI
from petsc4py import PETSc

domain = mesh.create_unit_square(MPI.COMM_WORLD, 6, 6)
V = fem.FunctionSpace(domain, ("Lagrange", 2))
u = fem.Function(V)
u.interpolate(lambda x: numpy.sin(3 * x[0]) * numpy.exp(x[1]))
x = ufl.SpatialCoordinate(domain)
factor = fem.Constant(domain, PETSc.ScalarType(2))

D = fem.VectorFunctionSpace(domain, ("DG", 1))
gradient = fem.Function(D)
gradient.interpolate(fem.Expression(factor * ufl.grad(u), D.element.interpolation_points()))
first = float(numpy.linalg.norm(gradient.x.array))
factor.value = 3
gradient.interpolate(fem.Expression(factor * ufl.grad(u), D.element.interpolation_points()))

points = numpy.array([[1 / 6, 1 / 6], [2 / 3, 1 / 6], [1 / 6, 2 / 3]])
cells = numpy.arange(domain.topology.index_map(2).size_local, dtype=numpy.int32)
nonlinear = fem.Expression(ufl.as_vector((u**2 + x[0], ufl.sqrt(1 + ufl.inner(ufl.grad(u), ufl.grad(u))))), points)
values = nonlinear.eval(cells)
print(json.dumps({
    "gradient": [first, float(numpy.linalg.norm(gradient.x.array))],
    "values": [float(numpy.abs(values).sum()), float(numpy.abs(values).max()), float(numpy.linalg.norm(values))],
    "some": numpy.real(values[5]).tolist(),
}))
