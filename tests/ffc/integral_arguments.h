// What tabulate_tensor takes, whatever the integral: coefficients, cells, a quadrature rule.
#pragma once

#include "cells.h"

#include <ufc.h>

#include <array>
#include <cstddef>
#include <vector>

namespace ffc {

// For one form, on cells whose geometry is that of `coordinate_element`; coefficients have the sign `sign`. Integrals
// over two cells get arrays of twice the size for each space.
class IntegralArguments {
 public:
  IntegralArguments(const ufc::form& form, const ufc::finite_element& coordinate_element, double sign);

  const Cell& cell() const { return cells_[0]; }
  const double* const* w() const { return w_.data(); }
  const double* coordinates(std::size_t which) const { return cells_.at(which).coordinate_dofs.data(); }
  const double* coordinates_of_both() const { return both_.data(); }
  std::size_t size_on(std::size_t num_cells) const { return num_cells == 2 ? size_on_two_ : size_on_one_; }

  // A quadrature rule that is given at run time.
  std::vector<double> points() const { return cells_[0].physical_points(); }
  std::array<double, Cell::num_points> weights() const { return {0.3, 0.7}; }
  const double* normals() const { return normals_.data(); }

 private:
  std::array<Cell, 2> cells_;
  std::vector<double> both_;
  std::vector<std::vector<double>> coefficients_;
  std::vector<const double*> w_;
  std::array<double, 6> normals_ = {0.6, 0.8, 0.0, -0.8, 0.6, 0.0};
  std::size_t size_on_one_ = 1;
  std::size_t size_on_two_ = 1;
};

}  // namespace ffc
