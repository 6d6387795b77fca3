// Solves the Poisson equation with code that is written, compiled and linked while this program runs.
//
//     poisson [--degree 1|2] [--cache-dir DIR]
//
// It fails when the error does not decrease at the theoretical rate.
#include "solver.h"

#include <chrono>
#include <cmath>
#include <cstdio>
#include <numbers>
#include <stdexcept>

namespace {

constexpr const char* right_hand_side = "2 * M_PI * M_PI * std::sin(M_PI * x) * std::sin(M_PI * y)";
double exact_solution(double x, double y) { return std::sin(std::numbers::pi * x) * std::sin(std::numbers::pi * y); }

struct Options {
  int degree = 1;
  dijitso::ParamDict cache;
};

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; i += 2) {
    const std::string option = argv[i], value = i + 1 < argc ? argv[i + 1] : "";
    if (option == "--degree" && (value == "1" || value == "2"))
      options.degree = value[0] - '0';
    else if (option == "--cache-dir" && !value.empty())
      options.cache["cache_dir"] = value;
    else
      throw std::invalid_argument("'" + option + " " + value +
                                  "' is no option; usage: poisson [--degree 1|2] [--cache-dir DIR]");
  }
  return options;
}

template <class Action>
double milliseconds(Action action) {
  const auto begin = std::chrono::steady_clock::now();
  action();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
}

// Requests both modules; prints how long that took and where they came from.
poisson::Form request(const char* what, dijitso::Jit& jit, const Options& options) {
  poisson::FormCompiler compiler(jit, options.cache);
  const dijitso::Counters before = jit.counters();
  poisson::Form form;
  const double element_time = milliseconds([&] { compiler.element(options.degree); });
  const double form_time = milliseconds([&] { form = compiler.form(options.degree, right_hand_side); });
  const dijitso::Counters after = jit.counters();
  const auto count = [&](std::uint64_t dijitso::Counters::* counter) { return int(after.*counter - before.*counter); };
  std::printf("  %-16s %9.3f ms %9.3f ms %9d %10d %12d\n", what, element_time, form_time,
              count(&dijitso::Counters::compiles), count(&dijitso::Counters::disk_hits),
              count(&dijitso::Counters::memory_hits));
  return form;
}

// Halving the triangles divides the L2 error of elements of degree k by 2^(k+1).
bool converges(const poisson::Element& element, const poisson::Form& form, int degree) {
  std::printf("\n  %-16s %10s %12s %12s %8s\n", "mesh", "unknowns", "iterations", "L2 error", "rate");
  double previous = 0, rate = 0;
  for (int n = 16 / degree; n <= 64 / degree; n *= 2) {
    const poisson::Solution solution = poisson::solve(element, form, degree, n, exact_solution);
    const std::string mesh = std::to_string(n) + " x " + std::to_string(n) + " x 2";
    std::printf("  %-16s %10zu %12d %12.3e", mesh.c_str(), solution.unknowns, solution.iterations, solution.error);
    rate = std::log2(previous / solution.error);
    std::printf(previous > 0 ? " %8.2f\n" : "\n", rate);
    previous = solution.error;
  }
  const bool good = std::abs(rate - (degree + 1)) < 0.05;
  std::printf("\n  Order %d expected: %s\n", degree + 1, good ? "confirmed." : "NOT CONFIRMED.");
  return good;
}

}  // namespace

int main(int argc, char** argv) try {
  const Options options = parse(argc, argv);
  std::printf("Poisson equation on the unit square, Lagrange elements of degree %d\n\n", options.degree);
  std::printf("  %-16s %12s %12s %9s %10s %12s\n", "modules", "element", "form", "compiled", "from disk",
              "from memory");
  dijitso::Jit jit, other;  // `other` shares no memory with `jit`, like another process
  const poisson::Form form = request("first request", jit, options);
  request("second request", jit, options);
  request("another session", other, options);
  const poisson::Element element = poisson::FormCompiler(jit, options.cache).element(options.degree);
  return converges(element, form, options.degree) ? 0 : 1;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
