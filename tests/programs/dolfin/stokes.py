"""A lid-driven cavity: the Stokes equations with Taylor-Hood elements."""
import json

from dolfin import *

mesh = UnitSquareMesh(6, 6)
element = VectorElement("Lagrange", mesh.ufl_cell(), 2) * FiniteElement("Lagrange", mesh.ufl_cell(), 1)
W = FunctionSpace(mesh, element)
u, p = TrialFunctions(W)
v, q = TestFunctions(W)
form = (inner(grad(u), grad(v)) - p * div(v) - q * div(u)) * dx
load = inner(Constant((0, 0)), v) * dx
conditions = [
    DirichletBC(W.sub(0), Constant((0, 0)), "on_boundary && x[1] < 1 - DOLFIN_EPS"),
    DirichletBC(W.sub(0), Constant((1, 0)), "on_boundary && near(x[1], 1)"),
    DirichletBC(W.sub(1), Constant(0), "near(x[0], 0) && near(x[1], 0)", "pointwise"),
]

w = Function(W)
solve(form == load, w, conditions, solver_parameters={"linear_solver": "mumps"})
velocity, pressure = w.split(deepcopy=True)
print(json.dumps({
    "velocity": norm(velocity),
    "pressure": norm(pressure),
    "dissipation": assemble(inner(sym(grad(velocity)), sym(grad(velocity))) * dx),
    "at a point": list(velocity(0.5, 0.8)) + [pressure(0.2, 0.4)],
}))
