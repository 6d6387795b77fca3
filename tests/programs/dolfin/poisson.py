"""Poisson's equation with linear elements, its data given as C++ strings. The numbers do not depend on the number of processes."""
import json

from dolfin import *

mesh = UnitSquareMesh(8, 8)
V = FunctionSpace(mesh, "Lagrange", 1)
source = Expression("10*exp(-(pow(x[0] - 0.5, 2) + pow(x[1] - 0.5, 2)) / 0.02)", degree=2)
flux = Expression("sin(5*x[0])", degree=2)
u, v = TrialFunction(V), TestFunction(V)
sides = DirichletBC(V, Constant(0.25), lambda x, on_boundary: on_boundary and (near(x[0], 0) or near(x[0], 1)))

w = Function(V)
solve(inner(grad(u), grad(v)) * dx == source * v * dx + flux * v * ds, w, sides,
      solver_parameters={"linear_solver": "mumps"})
print(json.dumps({
    "norm": norm(w),
    "energy": assemble(inner(grad(w), grad(w)) * dx),
    "boundary": assemble(w * ds),
    "largest": w.vector().max(),
}))
