"""The mixed form of Poisson's equation: Brezzi-Douglas-Marini elements for the flux, piecewise constants for the potential."""
import json

from dolfin import *

mesh = UnitSquareMesh(6, 6)
element = FiniteElement("BDM", mesh.ufl_cell(), 1) * FiniteElement("DG", mesh.ufl_cell(), 0)
W = FunctionSpace(mesh, element)
sigma, u = TrialFunctions(W)
tau, v = TestFunctions(W)
x = SpatialCoordinate(mesh)
left = (dot(sigma, tau) + div(tau) * u + div(sigma) * v) * dx
right = -10 * exp(-50 * ((x[0] - 0.5)**2 + (x[1] - 0.5)**2)) * v * dx
no_flux = DirichletBC(W.sub(0), Constant((0, 0)), lambda x, on_boundary: on_boundary and (near(x[1], 0) or near(x[1], 1)))

w = Function(W)
solve(left == right, w, no_flux, solver_parameters={"linear_solver": "mumps"})
flux, potential = w.split(deepcopy=True)
print(json.dumps({
    "flux": norm(flux),
    "divergence": norm(flux, "Hdiv"),
    "potential": norm(potential),
    "at a point": list(flux(0.3, 0.7)) + [potential(0.3, 0.7)],
}))
