"""Expressions from C++ strings: scalars, vectors, matrices, parameters that change, and functions of the program inside them."""
import json

from dolfin import *

mesh = UnitSquareMesh(6, 6)
V = FunctionSpace(mesh, "Lagrange", 2)
middle = Constant((0.5, 0.5))

bump = Expression("a*exp(-k*(pow(x[0], 2) + x[1]*x[1]))", a=2.0, k=3.0, degree=3)
before = assemble(bump * dx(domain=mesh))
bump.k = 0.5
bump.a *= 1.5
after = assemble(bump * dx(domain=mesh))

vector = Expression(("cos(pi*x[0])", "atan2(x[1], 1 + x[0])"), degree=2)
matrix = Expression((("x[0]", "x[0]*x[1]"), ("fmod(7*x[0], 2)", "max(x[0], x[1])")), degree=2)

# A function of the program, another expression and a constant inside an expression.
field = interpolate(Expression("sin(2*x[0] + x[1])", degree=2), V)
nested = Expression("f*f + g*c + (f > 0.5 ? 1 : 0)", f=field, g=bump, c=Constant(0.125), degree=2)
first = assemble(nested * dx(domain=mesh))
field.vector()[:] *= 0.5
second = assemble(nested * dx(domain=mesh))
rotated = Expression(("-v[1]", "v[0]"), v=vector, degree=2)

print(json.dumps({
    "parameters": [before, after, bump.k, bump.a],
    "vector": assemble(dot(vector, vector) * dx(domain=mesh)),
    "matrix": assemble(inner(matrix, matrix) * dx(domain=mesh)),
    "nested": [first, second],
    "rotated": assemble(dot(rotated, Constant((1, 2))) * dx(domain=mesh)),
    "interpolated": norm(interpolate(bump, V)),
}))
