// Hits: from disk in a fresh process, from memory, and the command line tool over a large cache.
#include "jit_modules.h"
#include "measure.h"
#include "process.h"
#include "stopwatch.h"

#include <cstdio>
#include <sstream>
#include <stdexcept>

namespace bench {
namespace {

ffc::Finished run_well(const std::vector<std::string>& command) {
  const auto finished = ffc::run(command);
  if (finished.status != 0)
    throw std::runtime_error("'" + command[0] + "' failed with status " + std::to_string(finished.status) + ":\n" +
                             finished.output);
  return finished;
}

}  // namespace

void print_disk_times(const ffc::Corpus& corpus, const std::filesystem::path& cache_dir) {
  const auto params = ffc::jit_params(corpus, cache_dir);
  dijitso::Jit jit;
  std::vector<double> times;
  for (const auto& module : corpus.modules)
    times.push_back(milliseconds([&] { ffc::jit_module(jit, corpus, module, params); }));
  std::printf("%llu\n", static_cast<unsigned long long>(jit.counters().compiles));
  for (const double time : times) std::printf("%.6f\n", time);
}

Disk measure_disk(const std::vector<std::string>& child, int rounds) {
  std::vector<double> firsts, others, walls;
  Disk disk;
  for (int round = 0; round < rounds; ++round) {
    ffc::Finished finished;
    walls.push_back(milliseconds([&] { finished = run_well(child); }));
    std::istringstream output(finished.output);
    unsigned long long compiles = 1;
    double time = 0;
    if (!(output >> compiles >> time) || compiles != 0)
      throw std::runtime_error("the child did not take every module from disk:\n" + finished.output);
    firsts.push_back(time);
    while (output >> time) others.push_back(time);
  }
  disk.first = median(firsts);
  disk.module = median(others);
  disk.slowest = others.empty() ? 0 : *std::max_element(others.begin(), others.end());
  disk.process = median(walls);
  return disk;
}

double measure_memory(const ffc::Corpus& corpus, const std::filesystem::path& cache_dir) {
  constexpr int calls = 1000;
  const auto params = ffc::jit_params(corpus, cache_dir);
  dijitso::Jit jit;
  std::vector<double> times;
  for (const auto& module : corpus.modules) {
    ffc::jit_module(jit, corpus, module, params);
    const double batch = milliseconds([&] {
      for (int i = 0; i < calls; ++i) jit.jit(module.name, params);
    });
    times.push_back(batch / calls * 1e6);
  }
  return median(times);
}

double measure_show(const std::string& tool, int entries, int rounds, const std::filesystem::path& cache_dir) {
  dijitso::ParamsDict given;
  given["cache"]["cache_dir"] = cache_dir.string();
  const auto params = dijitso::validate_params(given);
  dijitso::Jit jit;
  for (int i = 0; i < entries; ++i) {
    const std::string name = "entry_" + std::to_string(i);
    jit.jit(name, params, [](const std::string& n, auto&&...) {
      return dijitso::Generated{"", "extern \"C\" int " + n + "() { return 0; }\n", {}};
    });
  }
  std::vector<double> times;
  for (int round = 0; round < 10 * rounds; ++round)
    times.push_back(milliseconds([&] { run_well({tool, "--cache-dir", cache_dir.string(), "show"}); }));
  return median(times);
}

}  // namespace bench
