"""A compressible neo-Hookean cube, stretched and sheared: first and second derivatives of an energy by automatic differentiation."""
import json

from dolfin import *

mesh = UnitCubeMesh(3, 3, 3)
V = VectorFunctionSpace(mesh, "Lagrange", 1)
u = Function(V)
body, traction = Constant((0, -0.5, 0)), Constant((0.1, 0, 0))
mu, lmbda = Constant(3.8), Constant(5.8)
F = Identity(3) + grad(u)
J = det(F)
density = mu / 2 * (tr(F.T * F) - 3) - mu * ln(J) + lmbda / 2 * ln(J)**2
energy = density * dx - dot(body, u) * dx - dot(traction, u) * ds
residual = derivative(energy, u)
conditions = [DirichletBC(V, Constant((0, 0, 0)), "near(x[0], 0)"),
              DirichletBC(V, Constant((0.2, 0.1, 0)), "near(x[0], 1)")]

solve(residual == 0, u, conditions, J=derivative(residual, u), solver_parameters={
    "newton_solver": {"linear_solver": "mumps", "relative_tolerance": 1e-13, "absolute_tolerance": 1e-12}})
print(json.dumps({
    "displacement": norm(u),
    "energy": assemble(energy),
    "volume": assemble(J * dx(domain=mesh)),
    "middle": list(u(0.5, 0.4, 0.3)),
}))
