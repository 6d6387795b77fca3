// The objects of ufcx.h are plain structures: members are read, functions called. Kernels add to their tensor, which
// begins with zeros here. The sizes of constants are not in the structures, so each gets room for a 3 by 3 tensor.
// Used by ffcx_modules_test.cpp.
#include "evaluate.h"

#include "geometry.h"
#include "shapes.h"
#include "tabulate.h"

#include <algorithm>
#include <string>

namespace ffcx {
namespace {

using ffc::Recorder;

constexpr std::size_t largest_constant = 9;

std::size_t as_size(int number) { return static_cast<std::size_t>(number); }
std::string nth(const char* what, std::size_t i) { return what + std::to_string(i); }

void record_integers(Recorder& record, const std::string& what, const int* values, int count) {
  record.array(what, as_size(count), [&](double* out) { std::copy_n(values, count, out); });
}

void record_names(Recorder& record, const std::string& what, const char** names, int count) {
  for (std::size_t i = 0; i < as_size(count); ++i) record.text(nth(what.c_str(), i), names[i]);
}

void evaluate_custom(Recorder& record, const ufcx_basix_custom_finite_element& custom) {
  record.array("wcoeffs", as_size(custom.wcoeffs_rows * custom.wcoeffs_cols),
               [&](double* out) { std::copy_n(custom.wcoeffs, custom.wcoeffs_rows * custom.wcoeffs_cols, out); });
  record.number("map_type", custom.map_type);
  record.number("highest_degree", custom.highest_degree);
}

void evaluate_element(Recorder& record, const ufcx_finite_element& element) {
  record.text("signature", element.signature);
  record.number("cell_shape", element.cell_shape);
  record.number("element_type", element.element_type);
  record.number("topological_dimension", element.topological_dimension);
  record.number("geometric_dimension", element.geometric_dimension);
  record.number("space_dimension", element.space_dimension);
  record_integers(record, "value_shape", element.value_shape, element.value_rank);
  record_integers(record, "reference_value_shape", element.reference_value_shape, element.reference_value_rank);
  record.number("degree", element.degree);
  record.number("block_size", element.block_size);
  record.text("family", element.family ? element.family : "");
  record.number("basix_family", element.basix_family);
  record.number("discontinuous", element.discontinuous);
  record.number("lagrange_variant", element.lagrange_variant);
  for (std::size_t i = 0; i < as_size(element.num_sub_elements); ++i)
    record.within(nth("sub", i), [&] { evaluate_element(record, *element.sub_elements[i]); });
  if (element.custom_element) record.within("custom", [&] { evaluate_custom(record, *element.custom_element); });
}

void evaluate_entities(Recorder& record, const ufcx_dofmap& dofmap, const Shape& shape) {
  for (std::size_t d = 0; d <= shape.tdim; ++d)
    for (std::size_t i = 0; i < shape.entities[d]; ++i) {
      const std::string entity = nth("dim", d) + nth(".", i);
      const auto tabulate_with = [&](auto function) {
        return [=](int* dofs) { function(dofs, static_cast<int>(d), static_cast<int>(i)); };
      };
      record.array<int>("dofs." + entity, as_size(dofmap.num_entity_dofs[d]),
                        tabulate_with(dofmap.tabulate_entity_dofs));
      record.array<int>("closure." + entity, as_size(dofmap.num_entity_closure_dofs[d]),
                        tabulate_with(dofmap.tabulate_entity_closure_dofs));
    }
}

void evaluate_dofmap(Recorder& record, const ufcx_dofmap& dofmap, const Shape& shape) {
  record.text("signature", dofmap.signature);
  record.number("num_global_support_dofs", dofmap.num_global_support_dofs);
  record.number("num_element_support_dofs", dofmap.num_element_support_dofs);
  record.number("block_size", dofmap.block_size);
  evaluate_entities(record, dofmap, shape);
  for (std::size_t i = 0; i < as_size(dofmap.num_sub_dofmaps); ++i)
    record.within(nth("sub", i), [&] { evaluate_dofmap(record, *dofmap.sub_dofmaps[i], shape); });
}

// On every facet, or pair of facets, and with every permutation that matters.
void evaluate_integral(Recorder& record, const ufcx_integral& integral, ufcx_integral_type type, KernelCall call) {
  const Shape& shape = shape_of(integral.coordinate_element->cell_shape);
  call.coordinate_dofs = coordinate_dofs(*integral.coordinate_element, 0);
  if (type == interior_facet) {
    const std::vector<double> other = coordinate_dofs(*integral.coordinate_element, 1);
    call.coordinate_dofs.insert(call.coordinate_dofs.end(), other.begin(), other.end());
  }
  const std::size_t facets = type == ::cell ? 1 : shape.num_facets();
  const std::size_t permutations = integral.needs_facet_permutations ? shape.facet_permutations : 1;
  record.number("needs_facet_permutations", integral.needs_facet_permutations);
  for (std::size_t f = 0; f < facets; ++f)
    for (std::size_t p = 0; p < permutations; ++p) {
      call.entities = {static_cast<int>(f), static_cast<int>((f + 1) % facets)};
      call.permutations = {static_cast<std::uint8_t>(p), static_cast<std::uint8_t>((p + 1) % permutations)};
      record.within(nth("facet", f) + nth(".permutation", p), [&] { tabulate_any(record, integral, call); });
    }
}

void evaluate_integrals(Recorder& record, const ufcx_form& form, ufcx_integral_type type) {
  const std::size_t sides = type == interior_facet ? 2 : 1;
  KernelCall call;
  for (std::size_t i = 0; i < as_size(form.rank + form.num_coefficients); ++i) {
    const std::size_t dofs = sides * as_size(form.finite_elements[i]->space_dimension);
    if (i < as_size(form.rank))
      call.size *= dofs;
    else
      call.num_coefficients += dofs;
  }
  call.num_constants = largest_constant * as_size(form.num_constants);
  const int count = form.num_integrals(type);
  record_integers(record, "ids", form.integral_ids(type), count);
  for (std::size_t i = 0; i < as_size(count); ++i)
    record.within(nth("integral", i), [&] {
      const ufcx_integral& integral = *form.integrals(type)[i];
      for (std::size_t k = 0; k < as_size(form.num_coefficients); ++k)
        record.number(nth("enabled", k), integral.enabled_coefficients[k]);
      evaluate_integral(record, integral, type, call);
    });
}

void evaluate_form(Recorder& record, const ufcx_form& form) {
  record.text("signature", form.signature);
  record.number("rank", form.rank);
  record_integers(record, "coefficient_position", form.original_coefficient_position, form.num_coefficients);
  record_names(record, "coefficient", form.coefficient_name_map(), form.num_coefficients);
  record_names(record, "constant", form.constant_name_map(), form.num_constants);
  for (std::size_t i = 0; i < as_size(form.rank + form.num_coefficients); ++i) {
    const ufcx_finite_element& element = *form.finite_elements[i];
    record.within(nth("element", i), [&] { evaluate_element(record, element); });
    record.within(nth("dofmap", i), [&] { evaluate_dofmap(record, *form.dofmaps[i], shape_of(element.cell_shape)); });
  }
  record.within("cell", [&] { evaluate_integrals(record, form, ::cell); });
  record.within("exterior_facet", [&] { evaluate_integrals(record, form, exterior_facet); });
  record.within("interior_facet", [&] { evaluate_integrals(record, form, interior_facet); });
}

void evaluate_expression(Recorder& record, const ufcx_expression& expression) {
  const int points = expression.num_points;
  record.number("rank", expression.rank);
  record_integers(record, "value_shape", expression.value_shape, expression.num_components);
  record_integers(record, "coefficient_position", expression.original_coefficient_positions,
                  expression.num_coefficients);
  record_names(record, "coefficient", expression.coefficient_names, expression.num_coefficients);
  record_names(record, "constant", expression.constant_names, expression.num_constants);
  record.array("points", as_size(points * expression.topological_dimension),
               [&](double* out) { std::copy_n(expression.points, points * expression.topological_dimension, out); });
  KernelCall call;
  call.size = as_size(points);
  for (int i = 0; i < expression.num_components; ++i) call.size *= as_size(expression.value_shape[i]);
  for (std::size_t i = 0; i < as_size(expression.num_coefficients + expression.rank); ++i) {
    const ufcx_finite_element& element = *expression.function_spaces[i]->finite_element;
    record.within(nth("element", i), [&] { evaluate_element(record, element); });
    if (i < as_size(expression.num_coefficients))
      call.num_coefficients += as_size(element.space_dimension);
    else
      call.size *= as_size(element.space_dimension);
  }
  call.num_constants = largest_constant * as_size(expression.num_constants);
  // An expression does not name its cell: the demos have them on straight triangles.
  call.coordinate_dofs = ffc::map_points({0, 0, 1, 0, 0, 1}, 2, 3, 0);
  tabulate_any(record, expression, call);
}

}  // namespace

ffc::Numbers evaluate(const ffc::Module& module, const ffc::Lookup& lookup) {
  ffc::Numbers numbers;
  Recorder record(numbers);
  const auto& symbols = module.factories;
  for (std::size_t i = 0; i < symbols.size(); ++i)
    record.within(nth("object", i), [&] {
      const void* object = lookup(symbols[i]);
      if (module.kind == "forms") return evaluate_form(record, *static_cast<const ufcx_form*>(object));
      if (module.kind == "expressions")
        return evaluate_expression(record, *static_cast<const ufcx_expression*>(object));
      // Elements and their dof maps take turns.
      if (i % 2 == 0) return evaluate_element(record, *static_cast<const ufcx_finite_element*>(object));
      const auto& element = *static_cast<const ufcx_finite_element*>(lookup(symbols[i - 1]));
      evaluate_dofmap(record, *static_cast<const ufcx_dofmap*>(object), shape_of(element.cell_shape));
    });
  return numbers;
}

}  // namespace ffcx
