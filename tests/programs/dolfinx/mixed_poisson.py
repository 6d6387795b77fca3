"""The mixed form of Poisson's equation: Raviart-Thomas elements for the flux, and a marked part of the boundary."""
import json

import numpy
import ufl
from dolfinx import fem, mesh
from dolfinx.fem.petsc import LinearProblem
from mpi4py import MPI

domain = mesh.create_unit_square(MPI.COMM_WORLD, 6, 6)
W = fem.FunctionSpace(domain, ufl.MixedElement([
    ufl.FiniteElement("RT", domain.ufl_cell(), 1), ufl.FiniteElement("DG", domain.ufl_cell(), 0)]))
sigma, u = ufl.TrialFunctions(W)
tau, v = ufl.TestFunctions(W)
x, n = ufl.SpatialCoordinate(domain), ufl.FacetNormal(domain)
facets = numpy.sort(mesh.locate_entities_boundary(domain, 1, lambda x: numpy.isclose(x[1], 1)))
ds = ufl.Measure("ds", domain=domain, subdomain_data=mesh.meshtags(domain, 1, facets, numpy.full(len(facets), 3, numpy.int32)))

form = (ufl.inner(sigma, tau) + ufl.inner(u, ufl.div(tau)) + ufl.inner(ufl.div(sigma), v)) * ufl.dx
load = -ufl.inner(ufl.exp(-5 * x[0] * x[1]), v) * ufl.dx + ufl.inner(x[0], ufl.dot(tau, n)) * ds(3)
w = LinearProblem(form, load, petsc_options={
    "ksp_type": "preonly", "pc_type": "lu", "pc_factor_mat_solver_type": "mumps"}).solve()
flux, potential = ufl.split(w)
print(json.dumps({
    "flux": fem.assemble_scalar(fem.form(ufl.inner(flux, flux) * ufl.dx)).real,
    "potential": fem.assemble_scalar(fem.form(ufl.inner(potential, potential) * ufl.dx)).real,
    "through the top": fem.assemble_scalar(fem.form(ufl.dot(flux, n) * ds(3))).real,
}))
