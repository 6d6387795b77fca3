// The cells of ufcx.h and where their points lie.
#pragma once

#include <ufcx.h>

#include <array>
#include <cstddef>
#include <vector>

namespace ffcx {

struct Shape {
  std::size_t tdim;
  std::array<std::size_t, 4> entities;  // how many vertices, edges, faces and interiors
  std::size_t facet_permutations;       // ways in which two cells may see their common facet

  std::size_t num_facets() const { return entities[tdim - 1]; }
};

// std::runtime_error for prisms and pyramids.
const Shape& shape_of(ufcx_shape shape);

// The dofs of the geometry of a cell, [dof][3]: the reference cell under ffc::map_points, and bent when the degree is
// above 1. std::runtime_error for elements other than Lagrange of degree 1, and 2 on simplices.
std::vector<double> coordinate_dofs(const ufcx_finite_element& element, unsigned which);

}  // namespace ffcx
