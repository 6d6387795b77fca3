// The data of the form compiler for the triangle (0,0), (1,0), (0,1).
#pragma once

#include <array>
#include <string>
#include <vector>

namespace poisson {

// A basis function as C++ expressions: 1 at node (i, j) / degree and 0 at the others.
struct BasisFunction {
  int i, j;
  std::string value, dX, dY;
};

inline std::vector<BasisFunction> lagrange_basis(int degree) {
  if (degree == 1) return {{0, 0, "1 - X - Y", "-1", "-1"}, {1, 0, "X", "1", "0"}, {0, 1, "Y", "0", "1"}};
  return {{0, 0, "(1 - X - Y) * (1 - 2 * X - 2 * Y)", "4 * X + 4 * Y - 3", "4 * X + 4 * Y - 3"},
          {2, 0, "X * (2 * X - 1)", "4 * X - 1", "0"},
          {0, 2, "Y * (2 * Y - 1)", "0", "4 * Y - 1"},
          {1, 1, "4 * X * Y", "4 * Y", "4 * X"},
          {0, 1, "4 * Y * (1 - X - Y)", "-4 * Y", "4 - 4 * X - 8 * Y"},
          {1, 0, "4 * X * (1 - X - Y)", "4 - 8 * X - 4 * Y", "-4 * X"}};
}

struct QuadraturePoint {
  double x, y, weight;
};

// Exact for polynomials of degree 6: Gauss-Legendre on a square that is collapsed to the triangle.
inline std::vector<QuadraturePoint> quadrature() {
  constexpr std::array<std::array<double, 2>, 4> rule = {{{0.06943184420297371, 0.17392742256872693},
                                                          {0.33000947820757187, 0.32607257743127307},
                                                          {0.66999052179242813, 0.32607257743127307},
                                                          {0.93056815579702629, 0.17392742256872693}}};
  std::vector<QuadraturePoint> points;
  for (const auto& [x, weight_x] : rule)
    for (const auto& [t, weight_t] : rule) points.push_back({x, t * (1 - x), weight_x * weight_t * (1 - x)});
  return points;
}

}  // namespace poisson
