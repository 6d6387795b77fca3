"""Real forms of the kind that people solve, each family as a list of UFL objects that FFC translates.

Coefficients that do not vary in space live on "Real" (one number for all cells) or on "DG 0" (one number per cell).
"""

import ufl
from ufl import (FacetNormal, FiniteElement, Identity, Measure, MixedElement, SpatialCoordinate, TestFunction,
                 TestFunctions, TrialFunction, TrialFunctions, VectorElement, as_matrix, avg, conditional, curl, derivative,
                 det, div, dot, dS, ds, dx, exp, grad, gt, inner, interval, inv, jump, ln, lt, nabla_grad, sin, sqrt, sym,
                 tetrahedron, tr, triangle, variable)


def coefficient(element, cell=None):
    return ufl.Coefficient(FiniteElement(element, cell, 0) if isinstance(element, str) else element)


def poisson():
    V = FiniteElement("Lagrange", triangle, 1)
    u, v, f, g = TrialFunction(V), TestFunction(V), coefficient(V), coefficient(V)
    return [inner(grad(u), grad(v)) * dx, f * v * dx + g * v * ds(1) + 2 * g * v * ds(3)]


def elasticity_2d():
    V = VectorElement("Lagrange", triangle, 2)
    u, v, f = TrialFunction(V), TestFunction(V), coefficient(V)
    mu, lmbda = coefficient("Real", triangle), coefficient("DG", triangle)
    stress = 2 * mu * sym(grad(u)) + lmbda * tr(sym(grad(u))) * Identity(2)
    return [inner(stress, sym(grad(v))) * dx, dot(f, v) * dx]


def stokes():
    W = MixedElement(VectorElement("Lagrange", triangle, 2), FiniteElement("Lagrange", triangle, 1))
    (u, p), (v, q) = TrialFunctions(W), TestFunctions(W)
    f = coefficient(VectorElement("Lagrange", triangle, 2))
    return [(inner(grad(u), grad(v)) - div(v) * p + q * div(u)) * dx, dot(f, v) * dx]


def mixed_poisson_bdm():
    W = MixedElement(FiniteElement("BDM", triangle, 1), FiniteElement("DG", triangle, 0))
    (s, u), (t, v) = TrialFunctions(W), TestFunctions(W)
    f = coefficient("DG", triangle)
    return [(dot(s, t) + div(t) * u + div(s) * v) * dx, -f * v * dx]


def mixed_poisson_rt():
    W = MixedElement(FiniteElement("RT", triangle, 2), FiniteElement("DG", triangle, 1))
    (s, u), (t, v) = TrialFunctions(W), TestFunctions(W)
    g, n = coefficient(FiniteElement("Lagrange", triangle, 1)), FacetNormal(triangle)
    return [(dot(s, t) + div(t) * u + div(s) * v) * dx, g * dot(t, n) * ds]


def hyperelasticity():
    V = VectorElement("Lagrange", tetrahedron, 1)
    u, v, du, B, T = coefficient(V), TestFunction(V), TrialFunction(V), coefficient(V), coefficient(V)
    mu, lmbda = coefficient("DG", tetrahedron), coefficient("DG", tetrahedron)
    F = Identity(3) + grad(u)
    C, J = F.T * F, det(F)
    energy = (mu / 2 * (tr(C) - 3) - mu * ln(J) + lmbda / 2 * ln(J) ** 2) * dx - dot(B, u) * dx - dot(T, u) * ds
    residual = derivative(energy, u, v)
    return [energy, residual, derivative(residual, u, du)]


def dg_poisson():
    V = FiniteElement("DG", triangle, 1)
    u, v, f, n = TrialFunction(V), TestFunction(V), coefficient(V), FacetNormal(triangle)
    h, alpha = coefficient("DG", triangle), 4.0
    a = (inner(grad(u), grad(v)) * dx
         - dot(avg(grad(u)), jump(v, n)) * dS - dot(jump(u, n), avg(grad(v))) * dS
         + alpha / avg(h) * dot(jump(u, n), jump(v, n)) * dS
         - dot(grad(u), v * n) * ds - dot(u * n, grad(v)) * ds + 2 * alpha / h * u * v * ds)
    return [a, v * f * dx]


def poisson_p4():
    V = FiniteElement("Lagrange", triangle, 4)
    u, v, f = TrialFunction(V), TestFunction(V), coefficient(V)
    return [inner(grad(u), grad(v)) * dx, f * v * dx]


def quadrature_element():
    Q = FiniteElement("Quadrature", triangle, 2, quad_scheme="default")
    T = VectorElement("Quadrature", triangle, 2, dim=9, quad_scheme="default")
    V = VectorElement("Lagrange", triangle, 1)
    u, v, t, p = TrialFunction(V), TestFunction(V), coefficient(T), coefficient(Q)
    measure = dx(metadata={"quadrature_degree": 2, "quadrature_scheme": "default"})

    def strain(w):
        return ufl.as_vector([w[0].dx(0), w[1].dx(1), w[0].dx(1) + w[1].dx(0)])

    tangent = as_matrix([[t[3 * i + j] for j in range(3)] for i in range(3)])
    return [inner(strain(v), dot(tangent, strain(u))) * measure, p * div(v) * measure]


def elasticity_3d():
    V = VectorElement("Lagrange", tetrahedron, 2)
    u, v, f = TrialFunction(V), TestFunction(V), coefficient(V)
    mu, lmbda = coefficient("Real", tetrahedron), coefficient("Real", tetrahedron)
    stress = 2 * mu * sym(grad(u)) + lmbda * div(u) * Identity(3)
    return [inner(stress, sym(grad(v))) * dx, dot(f, v) * dx]


def curl_curl():
    V = FiniteElement("N1curl", tetrahedron, 1)
    u, v = TrialFunction(V), TestFunction(V)
    omega, j = coefficient("Real", tetrahedron), coefficient(VectorElement("Lagrange", tetrahedron, 1))
    return [(dot(curl(u), curl(v)) - omega ** 2 * dot(u, v)) * dx, dot(j, v) * dx]


def conditionals():
    V = FiniteElement("Lagrange", triangle, 2)
    v, g, x = TestFunction(V), coefficient(V), SpatialCoordinate(triangle)
    inside = conditional(lt(sqrt((x[0] - 0.5) ** 2 + (x[1] - 0.5) ** 2), 0.4), exp(g), sin(g))
    return [inside * v * dx, conditional(gt(g, 0.0), g, -g ** 3) * dx]


def heat():
    V = FiniteElement("Lagrange", interval, 1)
    u, v, u0, f = TrialFunction(V), TestFunction(V), coefficient(V), coefficient(V)
    c, k, dt = coefficient("DG", interval), coefficient("DG", interval), coefficient("Real", interval)
    return [c * u * v * dx + dt * k * inner(grad(u), grad(v)) * dx, c * u0 * v * dx + dt * f * v * dx]


def surface_advection():
    """A vector field on a surface in space with a curved (quadratic) geometry."""
    mesh = ufl.Mesh(VectorElement("Lagrange", ufl.Cell("triangle", 3), 2, dim=3))
    V = ufl.FunctionSpace(mesh, VectorElement("Lagrange", ufl.Cell("triangle", 3), 1, dim=3))
    u, v, w = TrialFunction(V), TestFunction(V), ufl.Coefficient(V)
    dxm = Measure("dx", domain=mesh, metadata={"quadrature_degree": 3})
    return [dot(dot(w, nabla_grad(u)), v) * dxm, dot(w, v) * dxm]


def hyperelastic_invariants():
    """A law differentiated with respect to the strain, in the plane."""
    V = VectorElement("Lagrange", triangle, 1)
    u, v, c = coefficient(V), TestFunction(V), coefficient("Real", triangle)
    F = variable(Identity(2) + grad(u))
    P = ufl.diff(c * (tr(F.T * F) - 2) + exp(det(F) - 1) + inner(inv(F), inv(F)), F)
    return [inner(P, grad(v)) * dx]


def points():
    """Point sources, which live on vertices."""
    V = FiniteElement("Lagrange", triangle, 1)
    return [coefficient(V) * TestFunction(V) * Measure("vertex")]


def cut_cells():
    """Integrals over parts of cells, whose quadrature points are given at run time."""
    V = FiniteElement("Lagrange", triangle, 1)
    u, v, f, n = TrialFunction(V), TestFunction(V), coefficient(V), FacetNormal(triangle)
    cut, interface, overlap = (Measure(kind, domain=triangle) for kind in ("cutcell", "interface", "overlap"))
    return [inner(grad(u), grad(v)) * cut
            - inner(avg(grad(u)), jump(v, n)) * interface + 4.0 * inner(jump(u), jump(v)) * interface
            + inner(jump(grad(u)), jump(grad(v))) * overlap,
            f * v * cut + f * v * Measure("custom", domain=triangle, metadata={"num_cells": 1})]


def elements():
    """Elements that are asked for by themselves, and mappings."""
    return [FiniteElement("N2curl", triangle, 1), FiniteElement("RT", tetrahedron, 1),
            FiniteElement("CR", triangle, 1), FiniteElement("Regge", triangle, 0),
            ufl.EnrichedElement(FiniteElement("Lagrange", triangle, 1), FiniteElement("Bubble", triangle, 3)),
            ufl.TensorElement("DG", triangle, 1, symmetry=True)]


def biharmonic():
    """Second derivatives, and the jumps of first ones."""
    V = FiniteElement("Lagrange", triangle, 2)
    u, v, n = TrialFunction(V), TestFunction(V), FacetNormal(triangle)
    h, alpha = coefficient("DG", triangle), coefficient("Real", triangle)
    return [div(grad(u)) * div(grad(v)) * dx
            - avg(div(grad(u))) * jump(grad(v), n) * dS - jump(grad(u), n) * avg(div(grad(v))) * dS
            + alpha / avg(h) * jump(grad(u), n) * jump(grad(v), n) * dS]


def cahn_hilliard():
    """One step in time of two coupled equations, and its derivative."""
    W = MixedElement(FiniteElement("Lagrange", triangle, 1), FiniteElement("Lagrange", triangle, 1))
    w, before, (q, v) = coefficient(W), coefficient(W), TestFunctions(W)
    (c, mu), (c0, _) = ufl.split(w), ufl.split(before)
    dt, surface = coefficient("Real", triangle), coefficient("Real", triangle)
    c = variable(c)
    chemical = ufl.diff(100 * c ** 2 * (1 - c) ** 2, c)
    residual = ((c - c0) * q + dt * dot(grad(mu), grad(q)) + mu * v - chemical * v - surface * dot(grad(c), grad(v))) * dx
    return [residual, derivative(residual, w, TrialFunction(W))]


def nonlinear_poisson():
    V = FiniteElement("Lagrange", triangle, 1)
    u, v, f = coefficient(V), TestFunction(V), coefficient(V)
    residual = (1 + u ** 2) * inner(grad(u), grad(v)) * dx - f * exp(-u) * v * dx
    return [residual, derivative(residual, u, TrialFunction(V))]


def navier_stokes():
    """The velocity of a splitting method, with a stress on the boundary."""
    V, Q = VectorElement("Lagrange", triangle, 2), FiniteElement("Lagrange", triangle, 1)
    u, v, u0, p0, n = TrialFunction(V), TestFunction(V), coefficient(V), coefficient(Q), FacetNormal(triangle)
    rho, mu, dt = (coefficient("Real", triangle) for _ in range(3))
    middle = (u + u0) / 2
    stress = 2 * mu * sym(grad(middle)) - p0 * Identity(2)
    step = (rho / dt * dot(u - u0, v) * dx + rho * dot(dot(u0, nabla_grad(u0)), v) * dx + inner(stress, sym(grad(v))) * dx
            + dot(p0 * n, v) * ds - dot(mu * nabla_grad(middle) * n, v) * ds)
    return [ufl.lhs(step), ufl.rhs(step)]


def poisson_3d():
    V = FiniteElement("Lagrange", tetrahedron, 1)
    u, v, f, kappa = TrialFunction(V), TestFunction(V), coefficient(V), coefficient("DG", tetrahedron)
    return [kappa * inner(grad(u), grad(v)) * dx + u * v * ds, f * v * dx]


def pure_neumann():
    """A solution that is known up to a constant, with a multiplier that fixes it."""
    W = MixedElement(FiniteElement("Lagrange", triangle, 1), FiniteElement("Real", triangle, 0))
    (u, c), (v, d), g = TrialFunctions(W), TestFunctions(W), coefficient(FiniteElement("Lagrange", triangle, 1))
    return [(inner(grad(u), grad(v)) + c * v + u * d) * dx, g * v * ds]


def functionals():
    """Numbers instead of vectors and matrices: norms, a flux, a boundary's length."""
    V, W = FiniteElement("Lagrange", triangle, 1), FiniteElement("Lagrange", triangle, 2)
    u, exact, n = coefficient(V), coefficient(W), FacetNormal(triangle)
    return [(u - exact) ** 2 * dx + inner(grad(u - exact), grad(u - exact)) * dx, dot(grad(u), n) * ds,
            coefficient("Real", triangle) * ds(1)]


def axisymmetric_elasticity():
    """A body of revolution: coordinates in the integrals, and a quotient by one of them."""
    V = VectorElement("Lagrange", triangle, 1)
    u, v, f, x = TrialFunction(V), TestFunction(V), coefficient(V), SpatialCoordinate(triangle)
    mu, lmbda = coefficient("Real", triangle), coefficient("Real", triangle)
    r = x[0] + 2

    def strain(w):
        return sym(as_matrix([[w[0].dx(0), 0, w[0].dx(1)], [0, w[0] / r, 0], [w[1].dx(0), 0, w[1].dx(1)]]))

    stress = 2 * mu * strain(u) + lmbda * tr(strain(u)) * Identity(3)
    return [inner(stress, strain(v)) * r * dx(degree=3), dot(f, v) * r * dx(degree=3)]


FAMILIES = [poisson, elasticity_2d, stokes, mixed_poisson_bdm, mixed_poisson_rt, hyperelasticity, dg_poisson, poisson_p4,
            quadrature_element, elasticity_3d, curl_curl, conditionals, heat, surface_advection,
            hyperelastic_invariants, points, cut_cells, elements, biharmonic, cahn_hilliard, nonlinear_poisson, navier_stokes,
            poisson_3d, pure_neumann, functionals, axisymmetric_elasticity]
