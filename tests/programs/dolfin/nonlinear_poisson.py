"""A Poisson equation whose conductivity depends on the solution, solved by Newton's method with an automatic Jacobian."""
import json

from dolfin import *

mesh = UnitSquareMesh(8, 8)
V = FunctionSpace(mesh, "Lagrange", 2)
u, v = Function(V), TestFunction(V)
x = SpatialCoordinate(mesh)
residual = inner((1 + u**2) * grad(u), grad(v)) * dx - x[0] * sin(x[1]) * v * dx
right = DirichletBC(V, Constant(1), "near(x[0], 1) && on_boundary")

solve(residual == 0, u, right, J=derivative(residual, u), solver_parameters={
    "newton_solver": {"linear_solver": "mumps", "relative_tolerance": 1e-13, "absolute_tolerance": 1e-13}})
print(json.dumps({
    "norm": norm(u),
    "seminorm": norm(u, "H10"),
    "middle": u(0.4, 0.6),
}))
