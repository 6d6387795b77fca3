// Finite elements: basis functions and their derivatives on the reference and the physical cell, dofs, interpolation.
#include "evaluate_parts.h"

#include <memory>

namespace ffc {
namespace {

constexpr std::size_t highest_derivative = 2;

std::size_t power(std::size_t base, std::size_t exponent) {
  std::size_t result = 1;
  for (std::size_t i = 0; i < exponent; ++i) result *= base;
  return result;
}

void describe(Recorder& record, const ufc::finite_element& element) {
  record.text("signature", element.signature());
  record.text("family", element.family());
  record.number("cell_shape", static_cast<double>(element.cell_shape()));
  record.number("degree", static_cast<double>(element.degree()));
  record.number("space_dimension", static_cast<double>(element.space_dimension()));
  for (std::size_t i = 0; i < element.value_rank(); ++i)
    record.number("value_dimension", static_cast<double>(element.value_dimension(i)));
  for (std::size_t i = 0; i < element.reference_value_rank(); ++i)
    record.number("reference_value_dimension", static_cast<double>(element.reference_value_dimension(i)));
}

// Derivatives of each order (0: the values) at points of the reference cell, and their push forward when there is a
// mapping.
void evaluate_reference(Recorder& record, const ufc::finite_element& element, const Cell& cell,
                        const ufc::coordinate_mapping* mapping) {
  const std::size_t n = Cell::num_points, dofs = element.space_dimension();
  const auto X = cell.reference_points();
  record.array("evaluate_reference_basis", n * dofs * element.reference_value_size(),
               [&](double* out) { element.evaluate_reference_basis(out, n, X.data()); });
  for (std::size_t order = 0; order <= highest_derivative; ++order) {
    const auto reference_values = record.array(
        "evaluate_reference_basis_derivatives", n * dofs * power(cell.tdim, order) * element.reference_value_size(),
        [&](double* out) { element.evaluate_reference_basis_derivatives(out, order, n, X.data()); });
    // The generated code has tables for as many derivatives as the degree allows, and does not look.
    if (!mapping || order > element.degree()) continue;
    std::vector<double> x(n * cell.gdim), J(n * cell.gdim * cell.tdim), detJ(n), K(J.size());
    mapping->compute_geometry(x.data(), J.data(), detJ.data(), K.data(), n, X.data(), cell.coordinate_dofs.data(), 0);
    record.array("transform_reference_basis_derivatives", n * dofs * power(cell.gdim, order) * element.value_size(),
                 [&](double* out) {
                   element.transform_reference_basis_derivatives(out, order, n, reference_values.data(), X.data(),
                                                                 J.data(), detJ.data(), K.data(), 0);
                 });
  }
}

void evaluate_physical(Recorder& record, const ufc::finite_element& element, const Cell& cell,
                       const ufc::coordinate_mapping* mapping) {
  const std::size_t dofs = element.space_dimension(), size = element.value_size();
  const auto points = cell.physical_points();
  const double *x = points.data(), *coordinates = cell.coordinate_dofs.data();
  record.array("evaluate_basis_all", dofs * size,
               [&](double* out) { element.evaluate_basis_all(out, x, coordinates, 0, mapping); });
  for (std::size_t order = 1; order <= highest_derivative; ++order)
    record.array("evaluate_basis_derivatives_all", dofs * size * power(cell.gdim, order),
                 [&](double* out) { element.evaluate_basis_derivatives_all(order, out, x, coordinates, 0, mapping); });
  for (std::size_t i = 0; i < dofs; ++i) {
    record.array("evaluate_basis", size,
                 [&](double* out) { element.evaluate_basis(i, out, x, coordinates, 0, mapping); });
    for (std::size_t order = 0; order <= highest_derivative; ++order)
      record.array("evaluate_basis_derivatives", size * power(cell.gdim, order),
                   [&](double* out) { element.evaluate_basis_derivatives(i, order, out, x, coordinates, 0, mapping); });
  }
}

void evaluate_dofs(Recorder& record, const ufc::finite_element& element, const Cell& cell,
                   const ufc::coordinate_mapping* mapping) {
  const std::size_t dofs = element.space_dimension();
  const double* coordinates = cell.coordinate_dofs.data();
  const Field field(element.value_size(), cell.gdim);
  const ufc::cell ufc_cell = cell.ufc_cell();
  record.array("evaluate_dofs", dofs,
               [&](double* out) { element.evaluate_dofs(out, field, coordinates, 0, ufc_cell, mapping); });
  record.array("evaluate_dof", dofs, [&](double* out) {
    for (std::size_t i = 0; i < dofs; ++i) out[i] = element.evaluate_dof(i, field, coordinates, 0, ufc_cell, mapping);
  });
  const auto values = SmallNumbers().take(dofs);
  record.array("interpolate_vertex_values", cell.num_vertices() * element.value_size(),
               [&](double* out) { element.interpolate_vertex_values(out, values.data(), coordinates, 0, mapping); });
  record.array("tabulate_dof_coordinates", dofs * cell.gdim,
               [&](double* out) { element.tabulate_dof_coordinates(out, coordinates, mapping); });
  record.array("tabulate_reference_dof_coordinates", dofs * cell.tdim,
               [&](double* out) { element.tabulate_reference_dof_coordinates(out); });
}

}  // namespace

void evaluate_element(Recorder& record, const ufc::finite_element& element, const Cell& cell,
                      const ufc::coordinate_mapping* mapping) {
  describe(record, element);
  evaluate_reference(record, element, cell, mapping);
  // Curved mappings add to arrays that the generated evaluate_basis does not clear, so there the vertices have to do.
  const ufc::coordinate_mapping* for_points = cell.is_curved() ? nullptr : mapping;
  evaluate_physical(record, element, cell, for_points);
  evaluate_dofs(record, element, cell, for_points);
  const std::unique_ptr<ufc::finite_element> copy(element.create());
  record.text("create", copy->signature());
  for (std::size_t i = 0; i < element.num_sub_elements(); ++i) {
    const std::unique_ptr<ufc::finite_element> part(element.create_sub_element(i));
    record.within("sub_element", [&] {
      describe(record, *part);
      evaluate_reference(record, *part, cell, mapping);
    });
  }
}

}  // namespace ffc
