"""What the tests compile, and how they look at it: forms, elements and expressions, and every number of their kernels."""
import numpy
from ufl import (
    Coefficient, Constant, FiniteElement, FunctionSpace, Mesh, TestFunction, TrialFunction, VectorElement, avg, dS, ds, dx, grad,
    inner, jump, sin, tetrahedron, triangle)

REAL, COMPLEX = "double", "double _Complex"
TYPES = {REAL: ("float64", numpy.float64), COMPLEX: ("complex128", numpy.complex128)}


def poisson():
    """A bilinear and a linear form with coefficients, a constant and integrals over cells and facets."""
    V = FunctionSpace(Mesh(VectorElement("Lagrange", triangle, 1)), FiniteElement("Lagrange", triangle, 2))
    u, v = TrialFunction(V), TestFunction(V)
    # Numbered, for FFCx 0.5 writes no valid C for coefficients above 9.
    kappa, f = Coefficient(V, count=0), Coefficient(V, count=1)
    k = Constant(V.ufl_domain(), count=2)
    return [k * kappa * inner(grad(u), grad(v)) * dx + inner(u, v) * ds + inner(avg(u), avg(v)) * dS + inner(jump(u), jump(v)) * dS,
            inner(sin(f), v) * dx]


def mass(degree=1):
    """One small form."""
    element = FiniteElement("Lagrange", triangle, degree)
    return [inner(TrialFunction(element), TestFunction(element)) * dx]


def elements():
    return [FiniteElement("N1curl", tetrahedron, 1), VectorElement("Lagrange", triangle, 2)]


def expressions():
    V = FunctionSpace(Mesh(VectorElement("Lagrange", triangle, 1)), FiniteElement("Lagrange", triangle, 2))
    u, v = Coefficient(V, count=3), TrialFunction(V)
    return [(grad(u), numpy.array([[0.2, 0.3], [0.5, 0.1]])), (u * grad(v), numpy.array([[0.25, 0.5]]))]


def invalid():
    """A form of which FFCx 0.5 makes invalid C, as of any with a coefficient above 9."""
    V = FunctionSpace(Mesh(VectorElement("Lagrange", triangle, 1)), FiniteElement("Lagrange", triangle, 1))
    return [Coefficient(V, count=12) * TestFunction(V) * dx]


TRIANGLE = numpy.array([0.3, -0.2, 0, 1.2, 0.2, 0, 0.1, 0.9, 0])


class Kernels:
    """Calls the kernels of compiled objects with fixed data."""

    def __init__(self, module, scalar):
        self.ffi, self.lib = module.ffi, module.lib
        self.c_type = scalar
        self.kernel_name, self.dtype = TYPES[scalar]

    def _call(self, owner, size, coordinates, num_coefficients, facets=(0, 0)):
        A = numpy.zeros(size, dtype=self.dtype)
        w = self._numbers(num_coefficients)
        c = self._numbers(9)
        kernel = getattr(owner, f"tabulate_tensor_{self.kernel_name}")
        cast = self.ffi.cast
        kernel(*(cast(f"{self.c_type} *", array.ctypes.data) for array in (A, w, c)),
               cast("double *", coordinates.ctypes.data), self.ffi.new("int[2]", list(facets)), self.ffi.new("uint8_t[2]"))
        return A

    def _numbers(self, count):
        numbers = 0.1 + 0.05 * numpy.arange(count)
        return numbers.astype(self.dtype) * (1 + 0.5j) if self.dtype is numpy.complex128 else numbers

    def of_form(self, form):
        """The tensors of a form on one triangle, or two, and on all facets."""
        both = numpy.concatenate([TRIANGLE, TRIANGLE + 0.01 * numpy.arange(9)])
        tensors = []
        for kind, sides, facets, coordinates in ((self.lib.cell, 1, 1, TRIANGLE), (self.lib.exterior_facet, 1, 3, TRIANGLE),
                                                 (self.lib.interior_facet, 2, 3, both)):
            dofs = [sides * form.finite_elements[i].space_dimension for i in range(form.rank + form.num_coefficients)]
            size, num_coefficients = int(numpy.prod(dofs[:form.rank])), sum(dofs[form.rank:])
            for i in range(form.num_integrals(kind)):
                tensors += [self._call(form.integrals(kind)[i], size, coordinates, num_coefficients, (f, (f + 1) % facets))
                            for f in range(facets)]
        return tensors

    def of_expression(self, expression):
        """The values of a gradient in two dimensions; all functions have six dofs."""
        size = expression.num_points * 2 * 6**expression.rank
        return [self._call(expression, size, TRIANGLE, 6 * expression.num_coefficients)]


def element_facts(pair, ffi):
    """What the structures of an element and its dof map say."""
    element, dofmap = pair
    dofs = ffi.new("int[]", 8)
    dofmap.tabulate_entity_dofs(dofs, 1, 2)
    return (ffi.string(element.signature), element.space_dimension, element.block_size, element.num_sub_elements,
            [element.value_shape[i] for i in range(element.value_rank)], ffi.string(dofmap.signature),
            dofmap.num_element_support_dofs, [dofmap.num_entity_dofs[d] for d in range(3)], list(dofs))
