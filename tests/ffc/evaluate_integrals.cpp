// The integrals of a form: tabulate_tensor of every kind, on every facet, with coefficients of either sign.
#include "evaluate_parts.h"
#include "integral_arguments.h"

#include <memory>

namespace ffc {
namespace {

void tabulate(Recorder& record, const ufc::cell_integral& integral, const IntegralArguments& args) {
  record.array("tabulate_tensor", args.size_on(1),
               [&](double* A) { integral.tabulate_tensor(A, args.w(), args.coordinates(0), 0); });
}

void tabulate(Recorder& record, const ufc::exterior_facet_integral& integral, const IntegralArguments& args) {
  for (std::size_t facet = 0; facet < args.cell().num_facets(); ++facet)
    record.array("tabulate_tensor", args.size_on(1),
                 [&](double* A) { integral.tabulate_tensor(A, args.w(), args.coordinates(0), facet, 0); });
}

void tabulate(Recorder& record, const ufc::interior_facet_integral& integral, const IntegralArguments& args) {
  for (std::size_t facet_0 = 0; facet_0 < args.cell().num_facets(); ++facet_0)
    for (std::size_t facet_1 = 0; facet_1 < args.cell().num_facets(); ++facet_1)
      record.array("tabulate_tensor", args.size_on(2), [&](double* A) {
        integral.tabulate_tensor(A, args.w(), args.coordinates(0), args.coordinates(1), facet_0, facet_1, 0, 0);
      });
}

void tabulate(Recorder& record, const ufc::vertex_integral& integral, const IntegralArguments& args) {
  for (std::size_t vertex = 0; vertex < args.cell().num_vertices(); ++vertex)
    record.array("tabulate_tensor", args.size_on(1),
                 [&](double* A) { integral.tabulate_tensor(A, args.w(), args.coordinates(0), vertex, 0); });
}

void tabulate(Recorder& record, const ufc::cutcell_integral& integral, const IntegralArguments& args) {
  record.array("tabulate_tensor", args.size_on(1), [&](double* A) {
    integral.tabulate_tensor(A, args.w(), args.coordinates(0), Cell::num_points, args.points().data(),
                             args.weights().data(), 0);
  });
}

void tabulate(Recorder& record, const ufc::overlap_integral& integral, const IntegralArguments& args) {
  record.array("tabulate_tensor", args.size_on(2), [&](double* A) {
    integral.tabulate_tensor(A, args.w(), args.coordinates_of_both(), Cell::num_points, args.points().data(),
                             args.weights().data(), 0);
  });
}

// Custom and interface integrals, which take normals.
template <class Integral>
void tabulate_with_normals(Recorder& record, const Integral& integral, const IntegralArguments& args,
                           std::size_t num_cells) {
  record.array("tabulate_tensor", args.size_on(num_cells), [&](double* A) {
    integral.tabulate_tensor(A, args.w(), args.coordinates_of_both(), Cell::num_points, args.points().data(),
                             args.weights().data(), args.normals(), 0);
  });
}

void tabulate(Recorder& record, const ufc::custom_integral& integral, const IntegralArguments& args) {
  tabulate_with_normals(record, integral, args, integral.num_cells());
}

void tabulate(Recorder& record, const ufc::interface_integral& integral, const IntegralArguments& args) {
  tabulate_with_normals(record, integral, args, 2);
}

// The integrals of one kind: that on "everywhere else", and that of each subdomain. The form creates none where it has
// none.
template <class Integral>
void evaluate_kind(Recorder& record, const std::string& kind, const ufc::form& form, const IntegralArguments& args,
                   bool has, std::size_t subdomains, Integral* (ufc::form::*create_default)() const,
                   Integral* (ufc::form::*create)(std::size_t) const) {
  record.number("has_" + kind + "_integrals", has);
  record.number("max_" + kind + "_subdomain_id", static_cast<double>(subdomains));
  const auto evaluate_one = [&](const std::string& where, std::unique_ptr<Integral> integral) {
    record.number(kind + where, integral != nullptr);
    if (!integral) return;
    record.within(kind + where, [&] {
      for (const bool enabled : integral->enabled_coefficients()) record.number("enabled_coefficients", enabled);
      tabulate(record, *integral, args);
    });
  };
  evaluate_one("", std::unique_ptr<Integral>((form.*create_default)()));
  for (std::size_t i = 0; i < subdomains; ++i)
    evaluate_one(" on " + std::to_string(i), std::unique_ptr<Integral>((form.*create)(i)));
}

}  // namespace

void evaluate_integrals(Recorder& record, const ufc::form& form, const ufc::finite_element& coordinate_element) {
  using F = ufc::form;
  for (const double sign : {1.0, -1.0}) {
    const IntegralArguments args(form, coordinate_element, sign);
    evaluate_kind(record, "cell", form, args, form.has_cell_integrals(), form.max_cell_subdomain_id(),
                  &F::create_default_cell_integral, &F::create_cell_integral);
    evaluate_kind(record, "exterior_facet", form, args, form.has_exterior_facet_integrals(),
                  form.max_exterior_facet_subdomain_id(), &F::create_default_exterior_facet_integral,
                  &F::create_exterior_facet_integral);
    evaluate_kind(record, "interior_facet", form, args, form.has_interior_facet_integrals(),
                  form.max_interior_facet_subdomain_id(), &F::create_default_interior_facet_integral,
                  &F::create_interior_facet_integral);
    evaluate_kind(record, "vertex", form, args, form.has_vertex_integrals(), form.max_vertex_subdomain_id(),
                  &F::create_default_vertex_integral, &F::create_vertex_integral);
    evaluate_kind(record, "custom", form, args, form.has_custom_integrals(), form.max_custom_subdomain_id(),
                  &F::create_default_custom_integral, &F::create_custom_integral);
    evaluate_kind(record, "cutcell", form, args, form.has_cutcell_integrals(), form.max_cutcell_subdomain_id(),
                  &F::create_default_cutcell_integral, &F::create_cutcell_integral);
    evaluate_kind(record, "interface", form, args, form.has_interface_integrals(), form.max_interface_subdomain_id(),
                  &F::create_default_interface_integral, &F::create_interface_integral);
    evaluate_kind(record, "overlap", form, args, form.has_overlap_integrals(), form.max_overlap_subdomain_id(),
                  &F::create_default_overlap_integral, &F::create_overlap_integral);
  }
}

}  // namespace ffc
