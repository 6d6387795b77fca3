"""Linear elasticity in three dimensions: a clamped beam under its own weight and a traction."""
import json

import numpy
import ufl
from dolfinx import fem, mesh
from dolfinx.fem.petsc import LinearProblem
from mpi4py import MPI
from petsc4py import PETSc

domain = mesh.create_box(MPI.COMM_WORLD, [numpy.zeros(3), numpy.array([4.0, 1.0, 1.0])], [8, 2, 2])
V = fem.VectorFunctionSpace(domain, ("Lagrange", 1))
u, v = ufl.TrialFunction(V), ufl.TestFunction(V)
mu, lmbda = fem.Constant(domain, PETSc.ScalarType(3.8)), fem.Constant(domain, PETSc.ScalarType(5.8))


def strain(u):
    return ufl.sym(ufl.grad(u))


def stress(u):
    return 2 * mu * strain(u) + lmbda * ufl.tr(strain(u)) * ufl.Identity(3)


x = ufl.SpatialCoordinate(domain)
weight = fem.Constant(domain, PETSc.ScalarType((0, 0, -0.001)))
twist = ufl.as_vector((0, 0.01 * (x[2] - 0.5), 0.01 * (0.5 - x[1])))
load = ufl.inner(weight, v) * ufl.dx + ufl.inner(twist, v) * ufl.ds
end = mesh.locate_entities_boundary(domain, 2, lambda x: numpy.isclose(x[0], 0))
clamped = fem.dirichletbc(numpy.zeros(3, PETSc.ScalarType), fem.locate_dofs_topological(V, 2, end), V)
w = LinearProblem(ufl.inner(stress(u), strain(v)) * ufl.dx, load, [clamped], petsc_options={
    "ksp_type": "preonly", "pc_type": "lu", "pc_factor_mat_solver_type": "mumps"}).solve()
print(json.dumps({
    "displacement": fem.assemble_scalar(fem.form(ufl.inner(w, w) * ufl.dx)).real,
    "energy": fem.assemble_scalar(fem.form(ufl.inner(stress(w), strain(w)) * ufl.dx)).real,
    "vector": float(numpy.linalg.norm(w.x.array)),
    "largest": float(abs(w.x.array).max()),
}))
