"""C++ code for compile_cpp_code: what a user of DOLFIN writes."""

INCLUDES = """
#include <pybind11/pybind11.h>
#include <pybind11/eigen.h>
#include <dolfin/function/Expression.h>
#include <dolfin/mesh/MeshFunction.h>
namespace py = pybind11;
"""

CLASS = INCLUDES + """
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

PYBIND11_MODULE(SIGNATURE, m)
{
  py::class_<Conductivity, std::shared_ptr<Conductivity>, dolfin::Expression>(m, "Conductivity")
    .def(py::init<>())
    .def_readwrite("materials", &Conductivity::materials)
    .def_readwrite("high", &Conductivity::high);
}
"""

FUNCTION = """
double weighted(Eigen::Ref<const Eigen::VectorXd> a, Eigen::Ref<const Eigen::VectorXd> b)
{
  if (a.size() != b.size())
    throw std::invalid_argument("sizes differ");
  return a.cwiseProduct(b).sum() / (1 + a.squaredNorm());
}

PYBIND11_MODULE(SIGNATURE, m)
{
  m.def("weighted", &weighted);
}
"""

# Macros before the includes change what is in the headers.
CONFIGURED = """
#define PY_SSIZE_T_CLEAN
#ifndef EIGEN_NO_DEBUG
#define EIGEN_NO_DEBUG
#endif
#include <pybind11/pybind11.h>
#include <pybind11/eigen.h>
#if __has_include(<optional>)
#include <complex>
#endif
namespace py = pybind11;
"""

PYBIND11_MODULES = (CLASS, INCLUDES + FUNCTION, CONFIGURED + FUNCTION)
