"""The heat equation in time steps, with a source from a C++ string that depends on time."""
import json

from dolfin import *

mesh = UnitSquareMesh(8, 8)
V = FunctionSpace(mesh, "Lagrange", 1)
u, v = TrialFunction(V), TestFunction(V)
old = interpolate(Expression("x[0]*(1 - x[0])*sin(pi*x[1])", degree=2), V)
source = Expression("exp(-t)*x[0] + (t > 0.2 ? x[1] : 0)", t=0.0, degree=1)
step = Constant(0.05)
form = (u * v + step * inner(grad(u), grad(v))) * dx
load = (old + step * source) * v * dx
fixed = DirichletBC(V, Constant(0), "on_boundary")

matrix = assemble(form)
fixed.apply(matrix)
solver = LUSolver(matrix, "mumps")
w, history = Function(V), []
for _ in range(8):
    source.t += 0.05
    vector = assemble(load)
    fixed.apply(vector)
    solver.solve(w.vector(), vector)
    old.assign(w)
    history.append(norm(w))
print(json.dumps({"history": history, "mean": assemble(w * dx), "flux": assemble(dot(grad(w), FacetNormal(mesh)) * ds)}))
