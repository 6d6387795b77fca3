"""A mesh of one curved triangle of third degree: a form, and after it expressions, which must know the same geometry."""
import json

import numpy
import ufl
from dolfinx import fem, mesh
from mpi4py import MPI
from petsc4py import PETSc

straight = numpy.array([[0, 0], [3, 0], [0, 3], [2, 1], [1, 2], [0, 1], [0, 2], [1, 0], [2, 0], [1, 1]]) / 3
curved = straight + 0.1 * numpy.sin(5 * straight[:, ::-1])
domain = mesh.create_mesh(MPI.COMM_WORLD, numpy.arange(10)[None, :], curved, ufl.Mesh(ufl.VectorElement("Lagrange", ufl.triangle, 3)))
V = fem.FunctionSpace(domain, ("Lagrange", 1))
u = fem.Function(V)
u.interpolate(lambda x: x[0] + 2 * x[1])
x = ufl.SpatialCoordinate(domain)
area = fem.assemble_scalar(fem.form(fem.Constant(domain, PETSc.ScalarType(1)) * ufl.dx))
values = fem.Expression(ufl.as_vector((x[0], x[1], u.dx(0))), numpy.array([[0.2, 0.3], [0.5, 0.1]])).eval(numpy.array([0], numpy.int32))
print(json.dumps({"area": area.real, "values": numpy.real(values).ravel().tolist()}))
