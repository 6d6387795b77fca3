"""Linear elasticity in three dimensions: a clamped beam under its own weight and a twisting force."""
import json

from dolfin import *

mesh = BoxMesh(Point(0, 0, 0), Point(4, 1, 1), 8, 2, 2)
V = VectorFunctionSpace(mesh, "Lagrange", 1)
u, v = TrialFunction(V), TestFunction(V)
young, poisson = 10.0, 0.3
mu, lmbda = Constant(young / (2 * (1 + poisson))), Constant(young * poisson / ((1 + poisson) * (1 - 2 * poisson)))


def stress(u):
    return 2 * mu * sym(grad(u)) + lmbda * tr(grad(u)) * Identity(3)


twist = Expression(("0", "scale*(x[2] - 0.5)", "scale*(0.5 - x[1])"), scale=0.01, degree=1)
load = dot(Constant((0, 0, -0.001)), v) * dx + dot(twist, v) * ds
clamped = DirichletBC(V, Constant((0, 0, 0)), "near(x[0], 0)")

w = Function(V)
solve(inner(stress(u), sym(grad(v))) * dx == load, w, clamped, solver_parameters={"linear_solver": "mumps"})
deviator = stress(w) - tr(stress(w)) / 3 * Identity(3)
mises = project(sqrt(1.5 * inner(deviator, deviator)), FunctionSpace(mesh, "DG", 0), solver_type="mumps")
print(json.dumps({
    "displacement": norm(w),
    "energy": assemble(inner(stress(w), sym(grad(w))) * dx),
    "tip": list(w(4, 0.5, 0.5)),
    "mises": norm(mises),
}))
