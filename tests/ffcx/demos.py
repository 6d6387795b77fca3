"""Forms and expressions of the kinds that DOLFINx programs solve with. Each function of DEMOS gives a list of forms,
or of (expression, points) pairs, or of elements.

Beyond the elliptic standards there are facet integrals of both kinds in two and three dimensions (with permutations of
the quadrature points), special functions, all cell shapes, curved cells, a surface, a custom element and complex
coefficients.
"""

import basix
import basix.ufl_wrapper
import numpy
from ufl import (
    Cell, Coefficient, Constant, FacetNormal, FiniteElement, FunctionSpace, Identity, Mesh, MixedElement,
    SpatialCoordinate, TensorConstant, TensorElement, TestFunction, TestFunctions, TrialFunction, TrialFunctions,
    VectorConstant, VectorElement, atan, avg, bessel_J, bessel_Y, conditional, conj, cos, curl, derivative, det, div,
    dot, dS, ds, dx, erf, exp, ge, grad, hexahedron, inner, interval, jump, ln, quadrilateral, sin, sqrt, sym, tan,
    tanh, tetrahedron, tr, triangle)


def space(family, cell, degree, geometry=1, kind=FiniteElement):
    """A space over a mesh whose cells are given by Lagrange elements of the degree `geometry`."""
    return FunctionSpace(Mesh(VectorElement("Lagrange", cell, geometry)), kind(family, cell, degree))


def trial_and_test(V):
    return TrialFunction(V), TestFunction(V)


def poisson():
    V = space("Lagrange", triangle, 2)
    u, v = trial_and_test(V)
    f, g, kappa = Coefficient(V), Coefficient(V), Coefficient(V)
    return [kappa * inner(grad(u), grad(v)) * dx, inner(f, v) * dx + inner(g, v) * ds]


def poisson_cells():
    """One bilinear form for each shape of cell."""
    forms = []
    for cell in (interval, quadrilateral, tetrahedron, hexahedron):
        u, v = trial_and_test(space("Lagrange", cell, 1))
        forms.append(inner(grad(u), grad(v)) * dx + inner(u, v) * ds)
    return forms


def vector_poisson():
    V = space("Lagrange", tetrahedron, 1, kind=VectorElement)
    u, v = trial_and_test(V)
    f = Coefficient(V)
    return [inner(grad(u), grad(v)) * dx, inner(f, v) * dx]


def elasticity():
    V = space("Lagrange", tetrahedron, 1, kind=VectorElement)
    u, v = trial_and_test(V)
    mu, lmbda = Constant(V.ufl_domain()), Constant(V.ufl_domain())
    body, traction = VectorConstant(V.ufl_domain()), Coefficient(V)
    sigma = 2 * mu * sym(grad(u)) + lmbda * tr(sym(grad(u))) * Identity(3)
    return [inner(sigma, sym(grad(v))) * dx, inner(body, v) * dx + inner(traction, v) * ds(3)]


def hyperelasticity():
    V = space("Lagrange", tetrahedron, 1, kind=VectorElement)
    du, v = trial_and_test(V)
    u, B = Coefficient(V), Coefficient(V)
    mu, lmbda = Constant(V.ufl_domain()), Constant(V.ufl_domain())
    F = Identity(3) + grad(u)
    J = det(F)
    energy = mu / 2 * (tr(F.T * F) - 3) - mu * ln(J) + lmbda / 2 * ln(J)**2
    residual = derivative(energy * dx - dot(B, u) * dx, u, v)
    return [residual, derivative(residual, u, du)]


def stokes():
    W = space("", triangle, 2, kind=lambda family, cell, degree: MixedElement(
        VectorElement("Lagrange", cell, degree), FiniteElement("Lagrange", cell, degree - 1)))
    (u, p), (v, q) = TrialFunctions(W), TestFunctions(W)
    f = VectorConstant(W.ufl_domain())
    return [(inner(grad(u), grad(v)) - inner(p, div(v)) + inner(div(u), q)) * dx, inner(f, v) * dx]


def stabilised_stokes():
    W = space("", triangle, 1, kind=lambda family, cell, degree: MixedElement(
        VectorElement("Lagrange", cell, degree), FiniteElement("Lagrange", cell, degree)))
    (u, p), (v, q) = TrialFunctions(W), TestFunctions(W)
    f = Coefficient(FunctionSpace(W.ufl_domain(), W.ufl_element().sub_elements()[0]))
    h = Coefficient(FunctionSpace(W.ufl_domain(), FiniteElement("DG", triangle, 0)))
    delta = 0.2 * h**2
    return [(inner(grad(u), grad(v)) - inner(p, div(v)) + inner(div(u), q) + delta * inner(grad(p), grad(q))) * dx,
            inner(f, v + delta * grad(q)) * dx]


def mixed_poisson():
    W = space("", triangle, 1, kind=lambda family, cell, degree: MixedElement(
        FiniteElement("RT", cell, degree), FiniteElement("DG", cell, degree - 1)))
    (sigma, u), (tau, v) = TrialFunctions(W), TestFunctions(W)
    f = Coefficient(FunctionSpace(W.ufl_domain(), FiniteElement("DG", triangle, 0)))
    return [(inner(sigma, tau) + inner(u, div(tau)) + inner(div(sigma), v)) * dx, -inner(f, v) * dx]


def dg_poisson():
    forms = []
    for cell in (triangle, tetrahedron):
        V = space("DG", cell, 1)
        u, v = trial_and_test(V)
        n = FacetNormal(V.ufl_domain())
        h = Coefficient(FunctionSpace(V.ufl_domain(), FiniteElement("DG", cell, 0)))
        forms.append(inner(grad(u), grad(v)) * dx - inner(avg(grad(u)), jump(v, n)) * dS
                     - inner(jump(u, n), avg(grad(v))) * dS + 4.0 / avg(h) * inner(jump(u, n), jump(v, n)) * dS
                     - inner(dot(n, grad(u)), v) * ds + 8.0 / h * inner(u, v) * ds)
    return forms


def facet_integrals():
    """Interior facets of elements whose values turn with the facet."""
    V = space("N1curl", tetrahedron, 1)
    u, v = trial_and_test(V)
    Q = space("Lagrange", hexahedron, 2)
    p, q = Coefficient(Q), TestFunction(Q)
    n = FacetNormal(Q.ufl_domain())
    return [inner(avg(u), avg(v)) * dS(1) + inner(u("+"), v("-")) * dS(2),
            inner(jump(grad(p), n), avg(q)) * dS + inner(p, q) * ds]


def biharmonic():
    V = space("Lagrange", triangle, 2)
    u, v = trial_and_test(V)
    n = FacetNormal(V.ufl_domain())
    f = Coefficient(V)
    alpha = Constant(V.ufl_domain())
    return [inner(div(grad(u)), div(grad(v))) * dx - inner(avg(div(grad(u))), jump(grad(v), n)) * dS
            - inner(jump(grad(u), n), avg(div(grad(v)))) * dS + alpha * inner(jump(grad(u), n), jump(grad(v), n)) * dS,
            inner(f, v) * dx]


def conductivity():
    """A nonlinear heat equation with a tensor of material parameters, one step in time."""
    V = space("Lagrange", triangle, 1)
    v = TestFunction(V)
    u, before = Coefficient(V), Coefficient(V)
    A, dt = TensorConstant(V.ufl_domain()), Constant(V.ufl_domain())
    x = SpatialCoordinate(V.ufl_domain())
    residual = inner((u - before) / dt, v) * dx + inner((1 + u**2) * A * grad(u), grad(v)) * dx \
        - inner(sin(x[0]) * exp(x[1]), v) * dx
    return [residual, derivative(residual, u, TrialFunction(V))]


def helmholtz():
    V = space("Lagrange", quadrilateral, 2)
    u, v = trial_and_test(V)
    f = Coefficient(V)
    k = Constant(V.ufl_domain())
    return [inner(grad(u), grad(v)) * dx - k**2 * inner(u, v) * dx - k * inner(u, v) * ds, inner(f * f, v) * dx]


def impedance():
    """Arithmetic that only complex numbers have: products, quotients, conjugates, exponentials and roots."""
    V = space("Lagrange", triangle, 2)
    u, v = trial_and_test(V)
    f = Coefficient(V)
    k = Constant(V.ufl_domain())
    return [inner(grad(u), grad(v)) * dx - k**2 * inner(u, v) * dx + 1j * k * inner(u, v) * ds,
            inner(f * conj(f) / (k + 2j), v) * dx + inner(exp(1j * k) * sqrt(f), v) * ds]


def maxwell():
    V = space("N1curl", tetrahedron, 1)
    u, v = trial_and_test(V)
    f = Coefficient(V)
    return [inner(curl(u), curl(v)) * dx + inner(u, v) * dx, inner(f, v) * dx]


def mass_coefficients():
    """As many coefficients and constants, of different elements, as a form may have."""
    V = space("Lagrange", triangle, 1)
    mesh = V.ufl_domain()
    u, v = trial_and_test(V)
    elements = [FiniteElement("DG", triangle, 0), FiniteElement("Lagrange", triangle, 2),
                FiniteElement("RT", triangle, 1), VectorElement("Lagrange", triangle, 1),
                TensorElement("Lagrange", triangle, 1)]
    rho, c, flux, w, T = (Coefficient(FunctionSpace(mesh, element)) for element in elements)
    scale, b, A = Constant(mesh), VectorConstant(mesh), TensorConstant(mesh)
    weight = rho * c + dot(flux, w) + inner(T, A) + dot(b, T * w)
    return [scale * weight * inner(u, v) * dx(degree=3), scale * weight * dx(1) + c * ds(2)]


def math_functions():
    V = space("Lagrange", triangle, 1)
    f, g = Coefficient(V), Coefficient(V)
    v = TestFunction(V)
    value = sqrt(f) + exp(f * g) + ln(g) + cos(f) + sin(g) + tan(f) + tanh(g) + atan(f) + erf(g) + f**g \
        + bessel_J(1, f) + bessel_J(0, g) + bessel_Y(1, g) + bessel_Y(0, f) + conditional(ge(f, g), f, 2 * g)
    return [value * v * dx, value * ds]


def curved():
    V = space("Lagrange", triangle, 2, geometry=2)
    u, v = trial_and_test(V)
    n = FacetNormal(V.ufl_domain())
    x = SpatialCoordinate(V.ufl_domain())
    return [inner(grad(u), grad(v)) * dx + dot(x, n) * inner(u, v) * ds]


def surface():
    V = space("Lagrange", Cell("triangle", 3), 1)
    u, v = trial_and_test(V)
    x = SpatialCoordinate(V.ufl_domain())
    return [inner(grad(u), grad(v)) * dx + x[2] * inner(u, v) * dx]


def custom_element():
    """An element that is known by its definition alone: piecewise constants, twice the usual height."""
    points = [[numpy.zeros((0, 2)) for _ in range(3)], [numpy.zeros((0, 2)) for _ in range(3)],
              [numpy.array([[1 / 3, 1 / 3]])], []]
    matrices = [[numpy.zeros((0, 1, 0, 1)) for _ in range(3)], [numpy.zeros((0, 1, 0, 1)) for _ in range(3)],
                [numpy.full((1, 1, 1, 1), 0.5)], []]
    element = basix.ufl_wrapper.BasixElement(basix.create_custom_element(
        basix.CellType.triangle, [], numpy.array([[1.0]]), points, matrices, 0, basix.MapType.identity, True, 0, 0))
    V = FunctionSpace(Mesh(VectorElement("Lagrange", triangle, 1)), element)
    u, v = trial_and_test(V)
    return [inner(u, v) * dx]


def expressions():
    """Values at points of the reference cell: a stress, a gradient, and one that still has an argument."""
    V = space("Lagrange", triangle, 2, kind=VectorElement)
    Q = FunctionSpace(V.ufl_domain(), FiniteElement("Lagrange", triangle, 1))
    u, q = Coefficient(V), Coefficient(Q)
    mu = Constant(V.ufl_domain())
    points = numpy.array([[0.2, 0.3], [0.5, 0.25], [1 / 3, 1 / 3], [0.0, 1.0]])
    return [(2 * mu * sym(grad(u)) + tr(grad(u)) * Identity(2), points), (grad(q * q), points[:2]),
            (grad(TrialFunction(Q)) * q, points)]


def elements():
    return [FiniteElement("Lagrange", tetrahedron, 3), VectorElement("Lagrange", quadrilateral, 2),
            FiniteElement("N1curl", tetrahedron, 2), FiniteElement("BDM", triangle, 2),
            MixedElement(VectorElement("Lagrange", triangle, 2), FiniteElement("Lagrange", triangle, 1))]


# The C types of the numbers that a demo is made for: those that DOLFINx is built with, unless a function has no such form.
REAL, COMPLEX, SINGLE = "double", "double _Complex", "float"
DEMOS = {demo: [REAL, COMPLEX] for demo in (
    poisson, poisson_cells, vector_poisson, elasticity, stokes, stabilised_stokes, mixed_poisson, dg_poisson,
    facet_integrals, biharmonic, conductivity, helmholtz, maxwell, mass_coefficients, curved, surface, custom_element,
    expressions)}
DEMOS[hyperelasticity] = DEMOS[math_functions] = DEMOS[elements] = [REAL]
DEMOS[impedance] = [COMPLEX]
for in_single_precision in (poisson, elasticity, dg_poisson, expressions):
    DEMOS[in_single_precision].append(SINGLE)
