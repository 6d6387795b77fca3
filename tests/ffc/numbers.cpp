// Comparison and digests of computed numbers. Tested in numbers_test.cpp.
#include "numbers.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>

namespace ffc {
namespace {

class Fnv {
 public:
  void add(const void* data, std::size_t size) {
    const auto* bytes = static_cast<const unsigned char*>(data);
    for (std::size_t i = 0; i < size; ++i) state_ = (state_ ^ bytes[i]) * 1099511628211u;
  }
  std::uint64_t value() const { return state_; }

 private:
  std::uint64_t state_ = 14695981039346656037u;
};

double magnitude(const std::vector<double>& values) {
  double largest = 0;
  for (const double value : values)
    if (std::isfinite(value)) largest = std::max(largest, std::abs(value));
  return largest;
}

bool agree(double a, double b, double allowed) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  return a == b || std::abs(a - b) <= allowed;
}

}  // namespace

std::optional<std::string> difference(const Numbers& a, const Numbers& b, double tolerance) {
  for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
    if (i >= a.size() || i >= b.size()) return "only one side has " + (i < a.size() ? a[i] : b[i]).what;
    if (a[i].what != b[i].what || a[i].values.size() != b[i].values.size())
      return "'" + a[i].what + "' on one side, '" + b[i].what + "' on the other, or of another size";
    const double allowed = tolerance * std::max(magnitude(a[i].values), magnitude(b[i].values));
    for (std::size_t k = 0; k < a[i].values.size(); ++k) {
      if (agree(a[i].values[k], b[i].values[k], allowed)) continue;
      char text[128];
      std::snprintf(text, sizeof text, "[%zu] is %.17g and %.17g, allowed %.3g", k, a[i].values[k], b[i].values[k],
                    allowed);
      return a[i].what + text;
    }
  }
  return std::nullopt;
}

std::uint64_t digest(const Numbers& numbers) {
  Fnv hash;
  for (const auto& tensor : numbers) {
    hash.add(tensor.what.data(), tensor.what.size() + 1);
    hash.add(tensor.values.data(), tensor.values.size() * sizeof(double));
  }
  return hash.value();
}

double norm(const Numbers& numbers, std::string_view part) {
  double sum = 0;
  for (const auto& tensor : numbers)
    if (tensor.what.find(part) != std::string::npos)
      for (const double value : tensor.values) sum += value * value;
  return std::sqrt(sum);
}

std::size_t count(const Numbers& numbers) {
  std::size_t sum = 0;
  for (const auto& tensor : numbers) sum += tensor.values.size();
  return sum;
}

void Recorder::text(const std::string& what, std::string_view value) {
  // 32 bits: any two different hashes differ by far more than a relative tolerance of 1e-12.
  Fnv hash;
  hash.add(value.data(), value.size());
  number(what, static_cast<double>(hash.value() & 0xffffffffu));
}

std::vector<double> SmallNumbers::take(std::size_t count, double sign) {
  std::vector<double> numbers(count);
  for (double& number : numbers) number = sign * next();
  return numbers;
}

}  // namespace ffc
