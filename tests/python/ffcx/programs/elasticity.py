"""A beam that bends under its weight."""
import numpy
import ufl
from dolfinx import fem, mesh
from mpi4py import MPI
from petsc4py.PETSc import ScalarType
from report import integral, report, solve

domain = mesh.create_box(MPI.COMM_WORLD, [numpy.zeros(3), numpy.array([1.0, 0.2, 0.2])], [6, 2, 2])
V = fem.VectorFunctionSpace(domain, ("Lagrange", 1))
u, v = ufl.TrialFunction(V), ufl.TestFunction(V)
mu, lmbda = fem.Constant(domain, ScalarType(1)), fem.Constant(domain, ScalarType(1.25))
weight = fem.Constant(domain, ScalarType((0, 0, -0.016)))


def strain(w):
    return ufl.sym(ufl.grad(w))


facets = mesh.locate_entities_boundary(domain, 2, lambda x: numpy.isclose(x[0], 0))
bc = fem.dirichletbc(numpy.zeros(3, dtype=ScalarType), fem.locate_dofs_topological(V, 2, facets), V)
stress = 2 * mu * strain(u) + lmbda * ufl.tr(strain(u)) * ufl.Identity(3)
uh = solve(ufl.inner(stress, strain(v)) * ufl.dx, ufl.inner(weight, v) * ufl.dx, [bc])
report(norm=integral(ufl.inner(uh, uh) * ufl.dx), bending=integral(uh[2] * ufl.ds))
