"""A compressible neo-Hookean cube, stretched and sheared: an energy and its derivatives."""
import json

import numpy
import ufl
from dolfinx import fem, mesh
from dolfinx.fem.petsc import NonlinearProblem
from dolfinx.nls.petsc import NewtonSolver
from mpi4py import MPI

domain = mesh.create_unit_cube(MPI.COMM_WORLD, 3, 3, 3)
V = fem.VectorFunctionSpace(domain, ("Lagrange", 1))
u, v = fem.Function(V), ufl.TestFunction(V)
mu, lmbda = fem.Constant(domain, 3.8), fem.Constant(domain, 5.8)
body = fem.Constant(domain, (0.0, -0.5, 0.0))
F = ufl.Identity(3) + ufl.grad(u)
J = ufl.det(F)
density = mu / 2 * (ufl.tr(F.T * F) - 3) - mu * ufl.ln(J) + lmbda / 2 * ufl.ln(J)**2
energy = density * ufl.dx - ufl.dot(body, u) * ufl.dx


def held_at(position, displacement):
    facets = mesh.locate_entities_boundary(domain, 2, lambda x: numpy.isclose(x[0], position))
    return fem.dirichletbc(numpy.array(displacement), fem.locate_dofs_topological(V, 2, facets), V)


problem = NonlinearProblem(ufl.derivative(energy, u, v), u, [held_at(0, (0.0, 0.0, 0.0)), held_at(1, (0.2, 0.1, 0.0))])
solver = NewtonSolver(domain.comm, problem)
solver.rtol = solver.atol = 1e-12
iterations, converged = solver.solve(u)
print(json.dumps({
    "iterations": iterations,
    "converged": int(converged),
    "energy": fem.assemble_scalar(fem.form(energy)),
    "volume": fem.assemble_scalar(fem.form(J * ufl.dx)),
    "vector": float(numpy.linalg.norm(u.x.array)),
}))
