// Every documented function exists under its name and does its work with real arguments, through the public headers
// alone. The list is a file, so that a function that is missing here is noticed; the calls are in parity_*.cpp, those
// of the module mpi, which need ranks, in tests/mpi/parity_test.cpp.
#include "parity.h"

#include <catch2/catch.hpp>

#include <set>
#include <sstream>

using namespace dijitso;
using namespace dijitso::testing;

namespace {

std::set<std::string> documented() {
  std::istringstream lines(read_text(DOCUMENTED_FUNCTIONS));
  std::set<std::string> names;
  std::string module, function, rest;
  while (std::getline(lines, module, '\t') && std::getline(lines, function, '\t') && std::getline(lines, rest))
    if (module != "mpi") names.insert(module + "." + function);
  return names;
}

}  // namespace

TEST_CASE("every documented function is called") {
  const Scratch scratch;
  // What one module's functions leave behind is nothing to those of another.
  const Built for_build, for_cache, for_cmdline, for_dijitso, for_jit;
  const std::map<std::string, Calls> modules = {
      {"build", build_calls(for_build)},
      {"cache", cache_calls(for_cache)},
      {"cmdline", cmdline_calls(for_cmdline)},
      {"dijitso", dijitso_calls(for_dijitso)},
      {"jit", jit_calls(for_jit)},
      {"log", log_calls()},
      {"params", params_calls()},
      {"signatures", signatures_calls()},
      {"system", system_calls(scratch)},
  };
  std::set<std::string> called;
  for (const auto& [module, calls] : modules) {
    for (const auto& [name, call] : calls) {
      INFO(module << "." << name);
      CHECK(call());
      called.insert(module + "." + name);
    }
  }
  CHECK(called == documented());
  CHECK(called.size() == 4 + 35 + 15 + 4 + 3 + 4 + 17 + 3 + 14);
}
