"""The heat equation in time steps, with a source that depends on time."""
import json

import numpy
import ufl
from dolfinx import fem, mesh
from dolfinx.fem.petsc import LinearProblem
from mpi4py import MPI
from petsc4py import PETSc

domain = mesh.create_unit_square(MPI.COMM_WORLD, 8, 8)
V = fem.FunctionSpace(domain, ("Lagrange", 1))
u, v = ufl.TrialFunction(V), ufl.TestFunction(V)
x = ufl.SpatialCoordinate(domain)
old = fem.Function(V)
old.interpolate(lambda x: x[0] * (1 - x[0]) * numpy.sin(numpy.pi * x[1]))
time, step = fem.Constant(domain, PETSc.ScalarType(0)), fem.Constant(domain, PETSc.ScalarType(0.05))
form = (ufl.inner(u, v) + step * ufl.inner(ufl.grad(u), ufl.grad(v))) * ufl.dx
load = ufl.inner(old + step * ufl.exp(-time) * x[0], v) * ufl.dx
facets = mesh.locate_entities_boundary(domain, 1, lambda x: numpy.isclose(x[0], 0) | numpy.isclose(x[1], 0))
fixed = fem.dirichletbc(PETSc.ScalarType(0), fem.locate_dofs_topological(V, 1, facets), V)
problem = LinearProblem(form, load, [fixed], petsc_options={
    "ksp_type": "preonly", "pc_type": "lu", "pc_factor_mat_solver_type": "mumps"})

history = []
for _ in range(8):
    time.value += 0.05
    w = problem.solve()
    old.x.array[:] = w.x.array
    history.append(float(numpy.linalg.norm(w.x.array)))
print(json.dumps({"history": history, "mean": fem.assemble_scalar(fem.form(w * ufl.dx)).real}))
