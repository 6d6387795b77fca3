// One compile in a process of its own, for who looks at the memory of that process.
//
//     compile_once MANIFEST MODULE CACHE_DIR
//
// What the module depends on is in the cache; the module itself is not. Prints JSON: the milliseconds, and the most
// memory that the process has had, in KiB.
#include "jit_modules.h"
#include "stopwatch.h"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>

namespace {

long peak_memory() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) return std::stol(line.substr(6));
  throw std::runtime_error("/proc/self/status has no VmHWM");
}

void run(const std::string& manifest, const std::string& name, const std::string& cache_dir) {
  const auto corpus = ffc::read_corpus(manifest);
  const auto params = ffc::jit_params(corpus, cache_dir);
  dijitso::Jit jit;
  const double time = bench::milliseconds([&] { ffc::jit_module(jit, corpus, corpus.module(name), params); });
  const auto memory = peak_memory();
  const auto counters = jit.counters();
  std::cout << nlohmann::json{{"milliseconds", time},
                              {"peak_kib", memory},
                              {"compiles", counters.compiles},
                              {"precompiled", counters.precompiled}}
            << "\n";
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc != 4) throw std::runtime_error("usage: compile_once MANIFEST MODULE CACHE_DIR");
    run(argv[1], argv[2], argv[3]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "compile_once: %s\n", error.what());
    return 1;
  }
}
