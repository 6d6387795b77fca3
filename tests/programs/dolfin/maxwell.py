"""The curl-curl equation with Nedelec's edge elements, in three dimensions."""
import json

from dolfin import *

mesh = UnitCubeMesh(3, 3, 3)
V = FunctionSpace(mesh, "N1curl", 1)
u, v = TrialFunction(V), TestFunction(V)
x = SpatialCoordinate(mesh)
current = as_vector((sin(pi * x[1]), 0, x[0] * x[1]))
tangential = DirichletBC(V, Constant((0, 0, 0)), "on_boundary")

w = Function(V)
solve(inner(curl(u), curl(v)) * dx + Constant(2) * inner(u, v) * dx == inner(current, v) * dx, w, tangential,
      solver_parameters={"linear_solver": "mumps"})
print(json.dumps({
    "field": norm(w),
    "curl": norm(w, "Hcurl"),
    "at a point": list(w(0.4, 0.3, 0.6)),
}))
