"""Flow driven by a lid, with the elements of Taylor and Hood in one mixed space."""
import numpy
import ufl
from dolfinx import fem, mesh
from mpi4py import MPI
from petsc4py.PETSc import ScalarType
from report import integral, report, solve

domain = mesh.create_unit_square(MPI.COMM_WORLD, 6, 6)
W = fem.FunctionSpace(domain, ufl.MixedElement(ufl.VectorElement("Lagrange", ufl.triangle, 2),
                                               ufl.FiniteElement("Lagrange", ufl.triangle, 1)))
V, _ = W.sub(0).collapse()
(u, p), (v, q) = ufl.TrialFunctions(W), ufl.TestFunctions(W)


def on_boundary(where, value):
    facets = mesh.locate_entities_boundary(domain, 1, where)
    given = fem.Function(V)
    given.interpolate(lambda x: numpy.outer(value, numpy.ones(x.shape[1])))
    return fem.dirichletbc(given, fem.locate_dofs_topological((W.sub(0), V), 1, facets), W.sub(0))


wall = on_boundary(lambda x: numpy.isclose(x[0], 0) | numpy.isclose(x[0], 1) | numpy.isclose(x[1], 0), [0, 0])
lid = on_boundary(lambda x: numpy.isclose(x[1], 1), [1, 0])
# A little compressibility makes the pressure unique.
a = (ufl.inner(ufl.grad(u), ufl.grad(v)) - ufl.inner(p, ufl.div(v)) - ufl.inner(ufl.div(u), q) - 1e-6 * ufl.inner(p, q)) * ufl.dx
L = ufl.inner(fem.Constant(domain, ScalarType((0, 0))), v) * ufl.dx
uh, ph = ufl.split(solve(a, L, [wall, lid]))
report(velocity=integral(ufl.inner(uh, uh) * ufl.dx), pressure=integral(ufl.inner(ph, ph) * ufl.dx))
