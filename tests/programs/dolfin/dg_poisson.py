"""Poisson's equation with discontinuous elements and an interior penalty: integrals over interior facets."""
import json

from dolfin import *

parameters["ghost_mode"] = "shared_facet"
mesh = UnitSquareMesh(6, 6)
V = FunctionSpace(mesh, "DG", 1)
u, v = TrialFunction(V), TestFunction(V)
n, h = FacetNormal(mesh), CellDiameter(mesh)
x = SpatialCoordinate(mesh)
penalty = Constant(8)


def across(u, v):
    return -dot(avg(grad(u)), jump(v, n)) * dS - dot(avg(grad(v)), jump(u, n)) * dS + penalty / avg(h) * jump(u) * jump(v) * dS


def at_boundary(u, v):
    return -dot(grad(u), n) * v * ds - dot(grad(v), n) * u * ds + penalty / h * u * v * ds


w = Function(V)
solve(dot(grad(u), grad(v)) * dx + across(u, v) + at_boundary(u, v) == sin(3 * x[0]) * exp(x[1]) * v * dx, w,
      solver_parameters={"linear_solver": "mumps"})
print(json.dumps({
    "norm": norm(w),
    "jumps": assemble(jump(w)**2 * dS),
    "flux": assemble(dot(grad(w), n) * ds),
    "middle": w(0.45, 0.52),
}))
