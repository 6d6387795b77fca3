"""Run by ffc_test.py: FFC compiles forms through dijitso. Prints what it calculated and the counters, as JSON."""
import ctypes
import json

import dijitso
import ffc
import ufl
from ufl import dx, ds, dS, grad, inner, jump

ffc.log.set_level(30)
cell = ufl.triangle
linear = ufl.FiniteElement("Lagrange", cell, 1)
vector = ufl.VectorElement("Lagrange", cell, 2)
real = ufl.FiniteElement("Real", cell, 0)


def forms():
    u, v = ufl.TrialFunction(linear), ufl.TestFunction(linear)
    yield "poisson", inner(grad(u), grad(v)) * dx
    yield "mass", u * v * dx + u * v * ds
    yield "jump", inner(jump(u), jump(v)) * dS
    f = ufl.Coefficient(real)
    yield "load", f * v * dx
    w, z = ufl.TrialFunction(vector), ufl.TestFunction(vector)
    yield "elasticity", inner(ufl.sym(grad(w)), ufl.sym(grad(z))) * dx
    yield "functional", f * f * dx(domain=ufl.Mesh(ufl.VectorElement("Lagrange", cell, 1)))


result = {}
for name, form in forms():
    compiled, module, signature = ffc.jit(form)
    assert compiled and isinstance(module, ctypes.CDLL), name
    again, same, _ = ffc.jit(form)
    assert same is module, name
    result[name] = signature
element, dofmap = ffc.jit(linear)
assert element and dofmap
print(json.dumps({"modules": result, "file": dijitso.__file__, "counters": dijitso._dijitso.counters()}))
