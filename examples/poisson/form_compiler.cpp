// Generates code by filling templates with numbers from reference_triangle.h.
#include "form_compiler.h"

#include "reference_triangle.h"

#include <sstream>
#include <utility>

namespace poisson {
namespace {

constexpr const char* element_header = R"(#pragma once
extern "C" void $name_basis(const double* point, double* values);
extern "C" void $name_gradients(const double* point, double* values);
)";

constexpr const char* element_source = R"(#include "$name.h"
#include <cstring>

void $name_basis(const double* point, double* values) {
  const double X = point[0], Y = point[1];
  const double result[] = {
$basis  };
  std::memcpy(values, result, sizeof result);
}

void $name_gradients(const double* point, double* values) {
  const double X = point[0], Y = point[1];
  const double result[] = {
$gradients  };
  std::memcpy(values, result, sizeof result);
  (void)X, (void)Y;
}
)";

constexpr const char* form_header = R"(#pragma once
extern "C" void $name_stiffness(const double* corners, double* matrix);
extern "C" void $name_load(const double* corners, double* vector);
)";

constexpr const char* form_source = R"(#include "$name.h"
#include "$element.h"
#include <cmath>

static const double points[][3] = {  // X, Y, weight
$points};

struct Triangle {  // (x, y) = (x0, y0) + (a X + b Y, c X + d Y)
  double x0, y0, a, b, c, d, det;
  explicit Triangle(const double* v)
      : x0(v[0]), y0(v[1]), a(v[2] - x0), b(v[4] - x0), c(v[3] - y0), d(v[5] - y0), det(a * d - b * c) {}
};

void $name_stiffness(const double* corners, double* matrix) {
  const Triangle t(corners);
  for (int i = 0; i < $size * $size; ++i) matrix[i] = 0;
  for (const double* p : points) {
    double D[$size][2], G[$size][2];
    $element_gradients(p, D[0]);
    for (int i = 0; i < $size; ++i) {
      G[i][0] = (t.d * D[i][0] - t.c * D[i][1]) / t.det;
      G[i][1] = (t.a * D[i][1] - t.b * D[i][0]) / t.det;
    }
    for (int i = 0; i < $size; ++i)
      for (int j = 0; j < $size; ++j)
        matrix[i * $size + j] += p[2] * std::fabs(t.det) * (G[i][0] * G[j][0] + G[i][1] * G[j][1]);
  }
}

void $name_load(const double* corners, double* vector) {
  const Triangle t(corners);
  for (int i = 0; i < $size; ++i) vector[i] = 0;
  for (const double* p : points) {
    double values[$size];
    $element_basis(p, values);
    const double x = t.x0 + t.a * p[0] + t.b * p[1], y = t.y0 + t.c * p[0] + t.d * p[1];
    for (int i = 0; i < $size; ++i) vector[i] += p[2] * std::fabs(t.det) * ($f) * values[i];
  }
}
)";

// The text with every $key replaced by its value.
std::string fill(std::string text, const std::vector<std::pair<std::string, std::string>>& values) {
  for (const auto& [key, value] : values)
    for (std::size_t at = 0; (at = text.find("$" + key, at)) != std::string::npos; at += value.size())
      text.replace(at, key.size() + 1, value);
  return text;
}

dijitso::Generated generate_element(const std::string& signature, int degree) {
  std::string basis, gradients;
  for (const BasisFunction& function : lagrange_basis(degree)) {
    basis += "    " + function.value + ",\n";
    gradients += "    " + function.dX + ", " + function.dY + ",\n";
  }
  return {fill(element_header, {{"name", signature}}),
          fill(element_source, {{"name", signature}, {"basis", basis}, {"gradients", gradients}}),
          {}};
}

dijitso::Generated generate_form(const std::string& signature, int degree, const std::string& f,
                                 const Element& element) {
  std::ostringstream points;
  points.precision(17);
  for (const auto& [x, y, weight] : quadrature()) points << "    {" << x << ", " << y << ", " << weight << "},\n";
  const std::string size = std::to_string(lagrange_basis(degree).size());
  return {
      fill(form_header, {{"name", signature}}),
      fill(form_source,
           {{"name", signature}, {"element", element.signature}, {"size", size}, {"points", points.str()}, {"f", f}}),
      {element.signature}};
}

int degree_of(const dijitso::GeneratorParams& generator) {
  return static_cast<int>(std::get<std::int64_t>(generator.at("degree")));
}

}  // namespace

dijitso::Params FormCompiler::params(const dijitso::ParamDict& generator) const {
  return dijitso::validate_params({{"cache", cache_}, {"generator", generator}});
}

Element FormCompiler::element(int degree) {
  const dijitso::Params request = params({{"degree", degree}});
  const auto generate = [](const std::string&, const std::string& signature,
                           const dijitso::GeneratorParams& generator) {
    return generate_element(signature, degree_of(generator));
  };
  const auto [library, signature] = jit_.jit(dijitso::jit_signature("lagrange", request), request, generate);
  return {library, signature, library.function<Evaluate>(signature + "_basis")};
}

Form FormCompiler::form(int degree, const std::string& f) {
  const dijitso::Params request = params({{"degree", degree}, {"f", f}});
  const auto generate = [this](const std::string&, const std::string& signature,
                               const dijitso::GeneratorParams& generator) {
    const Element basis = element(degree_of(generator));  // compiled, or found on disk or in memory
    return generate_form(signature, degree_of(generator), std::get<std::string>(generator.at("f")), basis);
  };
  const auto [library, signature] = jit_.jit(dijitso::jit_signature("poisson", request), request, generate);
  return {library, signature, library.function<Tabulate>(signature + "_stiffness"),
          library.function<Tabulate>(signature + "_load")};
}

}  // namespace poisson
