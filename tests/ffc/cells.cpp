// The cells on which modules are evaluated: images of the reference simplex under one fixed map, in one to three
// dimensions.
#include "cells.h"

#include "geometry.h"

#include <array>
#include <memory>
#include <stdexcept>

namespace ffc {

std::size_t Cell::num_entities(std::size_t dim) const {
  std::size_t count = 1;  // (tdim + 1) choose (dim + 1)
  for (std::size_t k = 0; k <= dim; ++k) count = count * (tdim + 1 - k) / (k + 1);
  return count;
}

std::vector<double> Cell::reference_points() const {
  constexpr std::array<double, 6> coordinates = {0.21, 0.37, 0.18, 0.46, 0.11, 0.24};
  std::vector<double> X(num_points * tdim);
  for (std::size_t p = 0; p < num_points; ++p)
    for (std::size_t i = 0; i < tdim; ++i) X[p * tdim + i] = coordinates[3 * p + i];
  return X;
}

std::vector<double> Cell::physical_points() const { return map_points(reference_points(), tdim, gdim, which); }

ufc::cell Cell::ufc_cell() const {
  ufc::cell cell{};
  cell.cell_shape = shape;
  cell.topological_dimension = tdim;
  cell.geometric_dimension = gdim;
  cell.entity_indices = entity_indices();
  cell.index = cell.entity_indices.back().front();
  cell.local_facet = -1;
  return cell;
}

std::vector<std::size_t> Cell::num_global_entities() const {
  std::vector<std::size_t> counts;
  for (std::size_t d = 0; d <= tdim; ++d) counts.push_back(1000 + 100 * d);
  return counts;
}

std::vector<std::vector<std::size_t>> Cell::entity_indices() const {
  std::vector<std::vector<std::size_t>> indices(tdim + 1);
  for (std::size_t d = 0; d <= tdim; ++d)
    for (std::size_t i = 0; i < num_entities(d); ++i) indices[d].push_back(17 + 31 * d + 7 * i);
  return indices;
}

Cell straight_cell(ufc::shape shape, std::size_t tdim, std::size_t gdim, unsigned which) {
  if (shape != ufc::shape::interval && shape != ufc::shape::triangle && shape != ufc::shape::tetrahedron)
    throw std::runtime_error("only simplices can be evaluated");
  std::vector<double> vertices((tdim + 1) * tdim);
  for (std::size_t i = 0; i < tdim; ++i) vertices[(i + 1) * tdim + i] = 1;
  return {shape, tdim, gdim, which, map_points(vertices, tdim, gdim, which)};
}

Cell cell_of(const ufc::finite_element& coordinate_element, unsigned which) {
  Cell cell = straight_cell(coordinate_element.cell_shape(), coordinate_element.topological_dimension(),
                            coordinate_element.geometric_dimension(), which);
  const bool vector_valued = coordinate_element.num_sub_elements() > 0;
  const std::unique_ptr<ufc::finite_element> scalar(vector_valued ? coordinate_element.create_sub_element(0)
                                                                  : coordinate_element.create());
  std::vector<double> X(scalar->space_dimension() * cell.tdim);
  scalar->tabulate_reference_dof_coordinates(X.data());
  cell.coordinate_dofs = map_points(X, cell.tdim, cell.gdim, which);
  if (coordinate_element.degree() > 1)
    for (std::size_t p = 0; p < scalar->space_dimension(); ++p)
      for (std::size_t i = 0; i < cell.gdim; ++i)
        cell.coordinate_dofs[p * cell.gdim + i] +=
            0.05 * static_cast<double>(i + 1) * X[p * cell.tdim] * X[p * cell.tdim + cell.tdim - 1];
  return cell;
}

void Field::evaluate(double* values, const double* coordinates, const ufc::cell&) const {
  for (std::size_t c = 0; c < value_size_; ++c) {
    values[c] = 1.0 + 0.25 * static_cast<double>(c);
    for (std::size_t i = 0; i < gdim_; ++i)
      values[c] += static_cast<double>(c + 2 * i + 1) * 0.1 * coordinates[i] * (1.0 + 0.5 * coordinates[i]);
  }
}

}  // namespace ffc
