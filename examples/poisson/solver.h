// -div grad u = f on the unit square, u = 0 on its boundary: n x n squares, each cut into two triangles.
#pragma once

#include "form_compiler.h"

#include <functional>

namespace poisson {

struct Solution {
  std::size_t unknowns = 0;
  int iterations = 0;  // of the conjugate gradient method
  double error = 0;    // in the L2 norm
};

Solution solve(const Element& element, const Form& form, int degree, int n,
               const std::function<double(double x, double y)>& exact);

}  // namespace poisson
