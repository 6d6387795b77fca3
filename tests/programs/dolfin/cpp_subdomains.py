"""Subdomains from C++ strings: two materials, boundary parts that are marked, and a parameter that moves one of them."""
import json

from dolfin import *

mesh = UnitSquareMesh(8, 8)
V = FunctionSpace(mesh, "Lagrange", 1)
cells = MeshFunction("size_t", mesh, mesh.topology().dim(), 0)
facets = MeshFunction("size_t", mesh, mesh.topology().dim() - 1, 0)
CompiledSubDomain("pow(x[0] - 0.5, 2) + pow(x[1] - 0.5, 2) < r*r + DOLFIN_EPS", r=0.3).mark(cells, 1)
CompiledSubDomain("on_boundary && near(x[1], 1)").mark(facets, 2)
side = CompiledSubDomain("on_boundary && near(x[0], position)", position=0.0)
fixed = DirichletBC(V, Constant(0), side)
dx = Measure("dx", domain=mesh, subdomain_data=cells)
ds = Measure("ds", domain=mesh, subdomain_data=facets)

u, v = TrialFunction(V), TestFunction(V)
form = inner(grad(u), grad(v)) * dx(0) + 10 * inner(grad(u), grad(v)) * dx(1)
load = v * dx(1) + 0.5 * v * ds(2)
norms = []
for position in (0.0, 1.0):
    side.set_property("position", position)
    fixed = DirichletBC(V, Constant(0), side)
    w = Function(V)
    solve(form == load, w, fixed, solver_parameters={"linear_solver": "mumps"})
    norms.append(norm(w))
print(json.dumps({
    "norms": norms,
    "area": assemble(Constant(1) * dx(1)),
    "length": assemble(Constant(1) * ds(2)),
    "top": assemble(w * ds(2)),
}))
