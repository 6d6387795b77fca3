"""The lowest eigenvalues of the Laplace operator on a square, with SLEPc."""
import json

from dolfin import *

mesh = RectangleMesh(Point(0, 0), Point(1, 1.3), 10, 10)
V = FunctionSpace(mesh, "Lagrange", 1)
u, v = TrialFunction(V), TestFunction(V)
stiffness, mass, unused = PETScMatrix(), PETScMatrix(), PETScVector()
fixed = DirichletBC(V, Constant(0), "on_boundary")
load = Constant(0) * v * dx
assemble_system(inner(grad(u), grad(v)) * dx, load, fixed, A_tensor=stiffness, b_tensor=unused)
assemble_system(u * v * dx, load, A_tensor=mass, b_tensor=unused)
fixed.zero(mass)

solver = SLEPcEigenSolver(stiffness, mass)
solver.parameters["problem_type"] = "gen_hermitian"
solver.parameters["spectrum"] = "target magnitude"
solver.parameters["spectral_transform"] = "shift-and-invert"
solver.parameters["spectral_shift"] = 10.0
solver.parameters["tolerance"] = 1e-14
solver.solve(4)
values = sorted(solver.get_eigenvalue(i)[0] for i in range(4))
first = min(range(4), key=lambda i: solver.get_eigenvalue(i)[0])
mode = Function(V, PETScVector(solver.get_eigenpair(first)[2].vec()))
print(json.dumps({
    "eigenvalues": values,
    "shape": assemble(mode**4 * dx) / assemble(mode**2 * dx)**2,
}))
