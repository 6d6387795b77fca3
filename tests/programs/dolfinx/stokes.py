"""A lid-driven cavity: the Stokes equations with Taylor-Hood elements in one mixed space."""
import json

import numpy
import ufl
from dolfinx import fem, mesh
from dolfinx.fem.petsc import LinearProblem
from mpi4py import MPI
from petsc4py import PETSc

domain = mesh.create_unit_square(MPI.COMM_WORLD, 6, 6)
velocities = ufl.VectorElement("Lagrange", domain.ufl_cell(), 2)
pressures = ufl.FiniteElement("Lagrange", domain.ufl_cell(), 1)
W = fem.FunctionSpace(domain, ufl.MixedElement([velocities, pressures]))
u, p = ufl.TrialFunctions(W)
v, q = ufl.TestFunctions(W)
form = (ufl.inner(ufl.grad(u), ufl.grad(v)) - ufl.inner(p, ufl.div(v)) - ufl.inner(ufl.div(u), q)) * ufl.dx
load = ufl.inner(fem.Constant(domain, PETSc.ScalarType((0, 0))), v) * ufl.dx


def velocity_at(where, value):
    V, _ = W.sub(0).collapse()
    g = fem.Function(V)
    g.interpolate(lambda x: numpy.vstack((numpy.full(x.shape[1], value), numpy.zeros(x.shape[1]))))
    facets = mesh.locate_entities_boundary(domain, 1, where)
    return fem.dirichletbc(g, fem.locate_dofs_topological((W.sub(0), V), 1, facets), W.sub(0))


Q, _ = W.sub(1).collapse()
corner = fem.locate_dofs_geometrical((W.sub(1), Q), lambda x: numpy.isclose(x[0], 0) & numpy.isclose(x[1], 0))
conditions = [
    velocity_at(lambda x: numpy.isclose(x[0], 0) | numpy.isclose(x[0], 1) | numpy.isclose(x[1], 0), 0.0),
    velocity_at(lambda x: numpy.isclose(x[1], 1), 1.0),
    fem.dirichletbc(fem.Function(Q), corner, W.sub(1)),
]
w = LinearProblem(form, load, conditions, petsc_options={
    "ksp_type": "preonly", "pc_type": "lu", "pc_factor_mat_solver_type": "mumps"}).solve()
velocity, pressure = ufl.split(w)
print(json.dumps({
    "velocity": fem.assemble_scalar(fem.form(ufl.inner(velocity, velocity) * ufl.dx)).real,
    "pressure": fem.assemble_scalar(fem.form(ufl.inner(pressure, pressure) * ufl.dx)).real,
    "dissipation": fem.assemble_scalar(fem.form(ufl.inner(ufl.grad(velocity), ufl.grad(velocity)) * ufl.dx)).real,
}))
