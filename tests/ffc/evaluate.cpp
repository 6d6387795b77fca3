// From a module to its objects, and the objects that are quickly told: dof maps, coordinate mappings, forms.
#include "evaluate.h"

#include "evaluate_parts.h"

#include <iostream>
#include <memory>
#include <sstream>
#include <stdexcept>

namespace ffc {
namespace {

template <class T>
std::unique_ptr<T> create(const Lookup& lookup, const std::string& factory) {
  return std::unique_ptr<T>(reinterpret_cast<T* (*)()>(lookup(factory))());
}

void evaluate_entities(Recorder& record, const ufc::dofmap& dofmap, const Cell& cell) {
  for (std::size_t d = 0; d <= cell.tdim; ++d) {
    record.number("needs_mesh_entities", dofmap.needs_mesh_entities(d));
    for (std::size_t i = 0; i < cell.num_entities(d); ++i) {
      record.array<std::size_t>("tabulate_entity_dofs", dofmap.num_entity_dofs(d),
                                [&](std::size_t* dofs) { dofmap.tabulate_entity_dofs(dofs, d, i); });
      record.array<std::size_t>("tabulate_entity_closure_dofs", dofmap.num_entity_closure_dofs(d),
                                [&](std::size_t* dofs) { dofmap.tabulate_entity_closure_dofs(dofs, d, i); });
    }
  }
}

// Generated code says on std::cerr what it does not support. Keeps that from the terminal, to be compared like any
// other result.
class CapturedMessages {
 public:
  CapturedMessages() : before_(std::cerr.rdbuf(text_.rdbuf())) {}
  ~CapturedMessages() { std::cerr.rdbuf(before_); }
  CapturedMessages(const CapturedMessages&) = delete;
  CapturedMessages& operator=(const CapturedMessages&) = delete;
  std::string text() const { return text_.str(); }

 private:
  std::ostringstream text_;
  std::streambuf* before_;
};

void evaluate_kind(Recorder& record, const Module& module, const Lookup& lookup) {
  if (module.kind == "form") {
    evaluate_form(record, *create<ufc::form>(lookup, module.factories.at(0)));
  } else if (module.kind == "coordinate_mapping") {
    evaluate_mapping(record, *create<ufc::coordinate_mapping>(lookup, module.factories.at(0)));
  } else if (module.kind == "element") {
    const auto element = create<ufc::finite_element>(lookup, module.factories.at(0));
    const auto dofmap = create<ufc::dofmap>(lookup, module.factories.at(1));
    const Cell cell =
        straight_cell(element->cell_shape(), element->topological_dimension(), element->geometric_dimension());
    record.within("finite_element", [&] { evaluate_element(record, *element, cell, nullptr); });
    record.within("dofmap", [&] { evaluate_dofmap(record, *dofmap, cell); });
  } else {
    throw std::runtime_error("module '" + module.name + "' has the unknown kind '" + module.kind + "'");
  }
}

}  // namespace

Numbers evaluate(const Module& module, const Lookup& lookup) {
  Numbers numbers;
  Recorder record(numbers);
  const CapturedMessages messages;
  evaluate_kind(record, module, lookup);
  record.text("messages", messages.text());
  return numbers;
}

void evaluate_dofmap(Recorder& record, const ufc::dofmap& dofmap, const Cell& cell) {
  record.text("signature", dofmap.signature());
  record.number("global_dimension", static_cast<double>(dofmap.global_dimension(cell.num_global_entities())));
  record.number("num_global_support_dofs", static_cast<double>(dofmap.num_global_support_dofs()));
  record.number("num_element_support_dofs", static_cast<double>(dofmap.num_element_support_dofs()));
  record.array<std::size_t>("tabulate_dofs", dofmap.num_element_dofs(), [&](std::size_t* dofs) {
    dofmap.tabulate_dofs(dofs, cell.num_global_entities(), cell.entity_indices());
  });
  for (std::size_t facet = 0; facet < cell.num_facets(); ++facet)
    record.array<std::size_t>("tabulate_facet_dofs", dofmap.num_facet_dofs(),
                              [&](std::size_t* dofs) { dofmap.tabulate_facet_dofs(dofs, facet); });
  evaluate_entities(record, dofmap, cell);
  for (std::size_t i = 0; i < dofmap.num_sub_dofmaps(); ++i)
    record.within("sub_dofmap",
                  [&] { evaluate_dofmap(record, *std::unique_ptr<ufc::dofmap>(dofmap.create_sub_dofmap(i)), cell); });
  const std::unique_ptr<ufc::dofmap> copy(dofmap.create());
  record.text("create", copy->signature());
}

void evaluate_mapping(Recorder& record, const ufc::coordinate_mapping& mapping) {
  const std::unique_ptr<ufc::finite_element> element(mapping.create_coordinate_finite_element());
  const std::unique_ptr<ufc::dofmap> dofmap(mapping.create_coordinate_dofmap());
  const std::unique_ptr<ufc::coordinate_mapping> copy(mapping.create());
  record.text("signature", mapping.signature());
  record.text("create", copy->signature());
  record.text("finite_element", element->signature());
  record.text("dofmap", dofmap->signature());
  record.number("shape", static_cast<double>(mapping.cell_shape()));

  const Cell cell = cell_of(*element);
  const std::size_t n = Cell::num_points, t = mapping.topological_dimension(), g = mapping.geometric_dimension();
  const auto X = cell.reference_points();
  const double* dofs = cell.coordinate_dofs.data();
  const auto x = record.array("compute_physical_coordinates", n * g,
                              [&](double* out) { mapping.compute_physical_coordinates(out, n, X.data(), dofs); });
  record.array("compute_reference_coordinates", n * t,
               [&](double* out) { mapping.compute_reference_coordinates(out, n, x.data(), dofs, 0); });
  const auto J = record.array("compute_jacobians", n * g * t,
                              [&](double* out) { mapping.compute_jacobians(out, n, X.data(), dofs); });
  const auto detJ = record.array("compute_jacobian_determinants", n,
                                 [&](double* out) { mapping.compute_jacobian_determinants(out, n, J.data(), 0); });
  record.array("compute_jacobian_inverses", n * t * g,
               [&](double* out) { mapping.compute_jacobian_inverses(out, n, J.data(), detJ.data()); });
  // Functions with several results get them one behind the other: x or X, J, detJ, K.
  record.array("compute_geometry", n * (g + 2 * g * t + 1), [&](double* out) {
    double *J_out = out + n * g, *detJ_out = J_out + n * g * t, *K_out = detJ_out + n;
    mapping.compute_geometry(out, J_out, detJ_out, K_out, n, X.data(), dofs, 0);
  });
  record.array("compute_reference_geometry", t + 2 * g * t + 1, [&](double* out) {
    double *J_out = out + t, *detJ_out = J_out + g * t, *K_out = detJ_out + 1;
    mapping.compute_reference_geometry(out, J_out, detJ_out, K_out, 1, x.data(), dofs, 0);
  });
  record.array("compute_midpoint_geometry", g + g * t,
               [&](double* out) { mapping.compute_midpoint_geometry(out, out + g, dofs); });
}

void evaluate_form(Recorder& record, const ufc::form& form) {
  const std::unique_ptr<ufc::coordinate_mapping> mapping(form.create_coordinate_mapping());
  const std::unique_ptr<ufc::finite_element> coordinate_element(form.create_coordinate_finite_element());
  const std::unique_ptr<ufc::dofmap> coordinate_dofmap(form.create_coordinate_dofmap());
  record.text("signature", form.signature());
  record.number("rank", static_cast<double>(form.rank()));
  record.number("num_coefficients", static_cast<double>(form.num_coefficients()));
  for (std::size_t i = 0; i < form.num_coefficients(); ++i)
    record.number("original_coefficient_position", static_cast<double>(form.original_coefficient_position(i)));
  record.text("coordinate_dofmap", coordinate_dofmap->signature());
  record.within("coordinate_mapping", [&] { evaluate_mapping(record, *mapping); });
  const Cell cell = cell_of(*coordinate_element);
  for (std::size_t i = 0; i < form.rank() + form.num_coefficients(); ++i) {
    const std::unique_ptr<ufc::finite_element> element(form.create_finite_element(i));
    const std::unique_ptr<ufc::dofmap> dofmap(form.create_dofmap(i));
    record.text("dofmap", dofmap->signature());
    record.within("element", [&] { evaluate_element(record, *element, cell, mapping.get()); });
  }
  evaluate_integrals(record, form, *coordinate_element);
}

}  // namespace ffc
