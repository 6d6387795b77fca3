// The numbers that a module computes: how they are collected, compared and summed up; and numbers to compute with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace ffc {

// The result of one call. Texts (signatures, messages of exceptions) count as one number, their hash.
struct Tensor {
  std::string what;
  std::vector<double> values;
};
using Numbers = std::vector<Tensor>;

// Nothing when `a` and `b` agree: the same calls, and every number within `tolerance` times the largest magnitude of
// its tensor. Otherwise a sentence about the first difference.
std::optional<std::string> difference(const Numbers& a, const Numbers& b, double tolerance);

// A digest of every bit of every number.
std::uint64_t digest(const Numbers& numbers);

// The square root of the sum of squares of all tensors whose name contains `part`.
double norm(const Numbers& numbers, std::string_view part);

std::size_t count(const Numbers& numbers);

// Collects results. A call that throws is recorded with the message; one that writes beyond its array is an error.
class Recorder {
 public:
  explicit Recorder(Numbers& out) : out_(out) {}

  void number(const std::string& what, double value) { out_.push_back({prefix_ + what, {value}}); }
  void text(const std::string& what, std::string_view value);

  // Calls `fill` with a zeroed array of `size` elements, and records and returns what it holds afterwards.
  template <class T = double, class Fill>
  std::vector<T> array(const std::string& what, std::size_t size, Fill&& fill) {
    std::vector<T> values(size + guard_size, T(0));
    for (std::size_t i = 0; i < guard_size; ++i) values[size + i] = T(guard + i);
    try {
      fill(values.data());
    } catch (const std::exception& error) {
      text(what + " throws", error.what());
    }
    for (std::size_t i = 0; i < guard_size; ++i)
      if (values[size + i] != T(guard + i)) throw std::logic_error(prefix_ + what + " writes beyond its array");
    values.resize(size);
    out_.push_back({prefix_ + what, {values.begin(), values.end()}});
    return values;
  }

  // Records everything that `body` does under names that begin with `name`.
  template <class Body>
  void within(const std::string& name, Body&& body) {
    const std::string before = prefix_;
    prefix_ += name + ".";
    body();
    prefix_ = before;
  }

 private:
  static constexpr std::size_t guard_size = 16;
  static constexpr std::size_t guard = 7'654'321;
  Numbers& out_;
  std::string prefix_;
};

// Numbers in [0.1, 0.15): small enough that a displacement made of them does not turn a cell over.
class SmallNumbers {
 public:
  double next() { return 0.1 + 0.05 * static_cast<double>(engine_() - engine_.min()) / 2147483648.0; }
  std::vector<double> take(std::size_t count, double sign = 1);

 private:
  std::minstd_rand engine_{2019};
};

}  // namespace ffc
