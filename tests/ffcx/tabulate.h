// Calling the kernels of ufcx.h, whatever their scalar type.
#pragma once

#include "numbers.h"

#include <ufcx.h>

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace ffcx {

// What a kernel reads, and how many scalars it writes.
struct KernelCall {
  std::size_t size = 1;
  std::size_t num_coefficients = 0;  // scalars
  std::size_t num_constants = 0;     // scalars
  std::vector<double> coordinate_dofs;
  std::vector<int> entities = {0, 0};
  std::vector<std::uint8_t> permutations = {0, 0};
};

// Scalar may be a complex type of C, whose numbers are pairs of Real.
template <class Scalar, class Real>
void tabulate(ffc::Recorder& record, const std::string& what,
              void (*kernel)(Scalar*, const Scalar*, const Scalar*, const Real*, const int*, const std::uint8_t*),
              const KernelCall& call) {
  constexpr std::size_t parts = sizeof(Scalar) / sizeof(Real);
  ffc::SmallNumbers numbers;
  const auto as_real = [](const std::vector<double>& values) {
    return std::vector<Real>(values.begin(), values.end());
  };
  // Coefficients on both sides of a facet, or of the two parts of a complex number, are different.
  const auto w = as_real(numbers.take(parts * call.num_coefficients));
  const auto c = as_real(numbers.take(parts * call.num_constants, 4));
  const auto x = as_real(call.coordinate_dofs);
  record.array<Real>(what, parts * call.size, [&](Real* A) {
    kernel(reinterpret_cast<Scalar*>(A), reinterpret_cast<const Scalar*>(w.data()),
           reinterpret_cast<const Scalar*>(c.data()), x.data(), call.entities.data(), call.permutations.data());
  });
}

// Calls the one kernel that `owner`, an integral or expression, has.
template <class Owner>
void tabulate_any(ffc::Recorder& record, const Owner& owner, const KernelCall& call) {
  if (owner.tabulate_tensor_float32)
    return tabulate(record, "tabulate_tensor_float32", owner.tabulate_tensor_float32, call);
  if (owner.tabulate_tensor_float64)
    return tabulate(record, "tabulate_tensor_float64", owner.tabulate_tensor_float64, call);
  if (owner.tabulate_tensor_complex128)
    return tabulate(record, "tabulate_tensor_complex128", owner.tabulate_tensor_complex128, call);
  throw std::runtime_error("there is no kernel of a scalar type that can be evaluated");
}

}  // namespace ffcx
