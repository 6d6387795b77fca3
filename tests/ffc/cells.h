// Cells to compute on, and deterministic data to compute with.
#pragma once

#include <ufc.h>

#include <cstddef>
#include <vector>

namespace ffc {

// A simplex: scaled, rotated and sheared, so that no entry of its Jacobian is zero. `which` tells cells apart.
struct Cell {
  ufc::shape shape;
  std::size_t tdim;
  std::size_t gdim;
  unsigned which;
  std::vector<double> coordinate_dofs;  // [dofs of the geometry][gdim]

  std::size_t num_facets() const { return tdim + 1; }
  std::size_t num_vertices() const { return tdim + 1; }
  std::size_t num_entities(std::size_t dim) const;
  bool is_curved() const { return coordinate_dofs.size() > num_vertices() * gdim; }

  // Points inside the reference cell, [num_points][tdim], and where the affine map of the cell puts them,
  // [num_points][gdim].
  static constexpr std::size_t num_points = 2;
  std::vector<double> reference_points() const;
  std::vector<double> physical_points() const;

  // For the functions that take a description of the cell or of the mesh.
  ufc::cell ufc_cell() const;
  std::vector<std::size_t> num_global_entities() const;
  std::vector<std::vector<std::size_t>> entity_indices() const;
};

// With straight sides. std::runtime_error for shapes other than simplices.
Cell straight_cell(ufc::shape shape, std::size_t tdim, std::size_t gdim, unsigned which = 0);

// Whose geometry is given by the dofs of `coordinate_element`: curved when its degree is above 1.
Cell cell_of(const ufc::finite_element& coordinate_element, unsigned which = 0);

// A smooth function that differs in every component.
class Field : public ufc::function {
 public:
  Field(std::size_t value_size, std::size_t gdim) : value_size_(value_size), gdim_(gdim) {}
  void evaluate(double* values, const double* coordinates, const ufc::cell& cell) const override;

 private:
  std::size_t value_size_;
  std::size_t gdim_;
};

}  // namespace ffc
