// Reference cells as Basix numbers them.
#include "shapes.h"

#include "geometry.h"

#include <stdexcept>
#include <string>

namespace ffcx {
namespace {

constexpr Shape interval_shape{1, {2, 1, 0, 0}, 1};
constexpr Shape triangle_shape{2, {3, 3, 1, 0}, 2};
constexpr Shape quadrilateral_shape{2, {4, 4, 1, 0}, 2};
constexpr Shape tetrahedron_shape{3, {4, 6, 4, 1}, 6};
constexpr Shape hexahedron_shape{3, {8, 12, 6, 1}, 8};

bool is_simplex(const Shape& shape) { return shape.entities[0] == shape.tdim + 1; }

std::vector<double> vertices(const Shape& shape) {
  std::vector<double> X(shape.entities[0] * shape.tdim);
  for (std::size_t v = 0; v < shape.entities[0]; ++v)
    for (std::size_t i = 0; i < shape.tdim; ++i)
      X[v * shape.tdim + i] = is_simplex(shape) ? (v == i + 1) : (v >> i) % 2;
  return X;
}

// Edges are numbered from the one between the last two vertices down to that between the first two.
void append_midpoints(const Shape& shape, std::vector<double>& X) {
  const std::size_t last = shape.entities[0] - 1;
  for (std::size_t a = last; a-- > 0;)
    for (std::size_t b = last; b > a; --b)
      for (std::size_t i = 0; i < shape.tdim; ++i) X.push_back((X[a * shape.tdim + i] + X[b * shape.tdim + i]) / 2);
}

}  // namespace

const Shape& shape_of(ufcx_shape shape) {
  switch (shape) {
    case interval:
      return interval_shape;
    case triangle:
      return triangle_shape;
    case quadrilateral:
      return quadrilateral_shape;
    case tetrahedron:
      return tetrahedron_shape;
    case hexahedron:
      return hexahedron_shape;
    default:
      throw std::runtime_error("cells of shape " + std::to_string(shape) + " cannot be evaluated");
  }
}

std::vector<double> coordinate_dofs(const ufcx_finite_element& element, unsigned which) {
  const Shape& shape = shape_of(element.cell_shape);
  std::vector<double> X = vertices(shape);
  if (element.degree == 2 && is_simplex(shape)) append_midpoints(shape, X);
  const auto points = static_cast<std::size_t>(element.space_dimension / element.block_size);
  if (X.size() != points * shape.tdim)
    throw std::runtime_error("a geometry of " + std::string(element.signature) + " cannot be evaluated");
  std::vector<double> x = ffc::map_points(X, shape.tdim, 3, which);
  if (element.degree > 1)
    for (std::size_t p = 0; p < points; ++p)
      for (std::size_t i = 0; i < 3; ++i)
        x[3 * p + i] += 0.05 * static_cast<double>(i + 1) * X[p * shape.tdim] * X[(p + 1) * shape.tdim - 1];
  return x;
}

}  // namespace ffcx
