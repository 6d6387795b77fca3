// Code that modules of known form compilers have in common, behind the headers that are precompiled. Nothing calls it,
// so no object has it, but the templates in it are instantiated once, in the precompiled headers, and not by every
// module: those of Eigen take half of the parser's time for an Expression of DOLFIN.
#pragma once

#include <string>

namespace dijitso::compilation {

// The text of the file that is precompiled. Clang compares its length when precompiled headers are used, so the text is
// equally long when the code is left out. When the text changes, so must the number in the request of Preludes::Job.
inline std::string with_common_instantiations(const std::string& prelude, bool instantiates) {
  return prelude + (instantiates ? "\n#if 1" : "\n#if 0") + R"( && __cplusplus >= 201103L
# 1 "/dijitso/common_instantiations" 3
namespace dijitso_common_instantiations {
#ifdef EIGEN_CORE_H
inline void assign(Eigen::Ref<Eigen::VectorXd> values, Eigen::Ref<const Eigen::VectorXd> x) { values[0] = x[0]; }
#ifdef __GENERIC_FUNCTION_H
template <int size>
void evaluate(std::shared_ptr<dolfin::GenericFunction> function, Eigen::Ref<const Eigen::VectorXd> x) {
  double values[size];
  function->eval(Eigen::Map<Eigen::Matrix<double, size, 1>>(values), x);
}
inline void evaluate(std::shared_ptr<dolfin::GenericFunction> function, Eigen::Ref<const Eigen::VectorXd> x) {
  evaluate<1>(function, x);
  evaluate<2>(function, x);
  evaluate<3>(function, x);
}
#endif
#endif
#if defined(__UFC_H) && defined(_GLIBCXX_ALGORITHM)
inline void tabulate(double* values, const double* points, std::size_t count) {
  std::fill_n(values, 2, 0.0);
  std::fill_n(values, count, 0.0);
  std::fill(values, values + count, 0.0);
  std::copy_n(points, 2, values);
  std::copy_n(values, 2, values + 2);
  const std::vector<bool> enabled({true});
  const std::vector<std::size_t> position = {0};
  values[0] = enabled[position[0]];
}
#endif
}
#endif
)";
}

}  // namespace dijitso::compilation
