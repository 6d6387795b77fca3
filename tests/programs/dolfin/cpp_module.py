"""C++ code with pybind11: a function on numpy arrays, and a class derived from dolfin::Expression that reads data of the mesh."""
import json

import numpy
from dolfin import *

code = """
#include <pybind11/pybind11.h>
#include <pybind11/eigen.h>
#include <dolfin/function/Expression.h>
#include <dolfin/mesh/MeshFunction.h>
namespace py = pybind11;

class Conductivity : public dolfin::Expression
{
public:
  void eval(Eigen::Ref<Eigen::VectorXd> values, Eigen::Ref<const Eigen::VectorXd> x, const ufc::cell& cell) const override
  {
    values[0] = (*materials)[cell.index] == 1 ? high * x[0] : 1;
  }

  std::shared_ptr<dolfin::MeshFunction<std::size_t>> materials;
  double high = 1;
};

double weighted(Eigen::Ref<const Eigen::VectorXd> a, Eigen::Ref<const Eigen::VectorXd> b)
{
  if (a.size() != b.size())
    throw std::invalid_argument("sizes differ");
  return a.cwiseProduct(b).sum() / (1 + a.squaredNorm());
}

PYBIND11_MODULE(SIGNATURE, m)
{
  py::class_<Conductivity, std::shared_ptr<Conductivity>, dolfin::Expression>(m, "Conductivity")
    .def(py::init<>())
    .def_readwrite("materials", &Conductivity::materials)
    .def_readwrite("high", &Conductivity::high);
  m.def("weighted", &weighted);
}
"""
module = compile_cpp_code(code)

mesh = UnitSquareMesh(8, 8)
materials = MeshFunction("size_t", mesh, 2, 0)
for cell in cells(mesh):
    materials[cell] = int(cell.midpoint().y() > 0.5)
conductivity = CompiledExpression(module.Conductivity(), materials=materials, high=5.0, degree=1)
weighted = module.weighted(numpy.linspace(0, 1, 7), numpy.arange(7.0))
try:
    module.weighted(numpy.zeros(2), numpy.zeros(3))
    raised = ""
except ValueError as error:
    raised = str(error)

V = FunctionSpace(mesh, "Lagrange", 1)
u, v = TrialFunction(V), TestFunction(V)
w = Function(V)
solve(conductivity * inner(grad(u), grad(v)) * dx == v * dx, w, DirichletBC(V, Constant(0), lambda x, on_boundary: on_boundary),
      solver_parameters={"linear_solver": "mumps"})
print(json.dumps({
    "integral": assemble(conductivity * dx(domain=mesh)),
    "weighted": weighted,
    "raised": raised,
    "norm": norm(w),
    "middle": w(0.5, 0.4),
}))
