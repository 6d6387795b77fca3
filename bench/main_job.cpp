// The main job measured against what people had before: modules of FFC compiled in the process against g++ and clang++
// as subprocesses, and the hits that follow.
//
//     main_job_bench [--rounds N] [--families a,b] [--only cold,disk,memory,show] [--json]
//
// Compare ratios, not times: everything that is compared runs by turns in one process.
#include "measure.h"
#include "process.h"
#include "report.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>

namespace {

struct Options {
  std::string manifest = FFC_MANIFEST;
  std::vector<std::string> families;
  std::vector<std::string> compilers = {"g++", "clang++-22"};
  std::vector<std::string> only = {"cold", "disk", "memory", "show"};
  std::string tool = DIJITSO_CACHE_TOOL;
  std::string disk_child;  // the cache directory, in the child of the disk measurement
  int rounds = 3;
  int entries = 1000;
  bool json = false;
};

bool wanted(const Options& options, const std::string& what) {
  return std::find(options.only.begin(), options.only.end(), what) != options.only.end();
}

std::vector<std::string> child_command(const Options& options, const std::string& program,
                                       const std::string& cache_dir) {
  std::vector<std::string> command = {program, "--manifest", options.manifest, "--disk-child", cache_dir};
  for (const auto& family : options.families) command.insert(command.end(), {"--families", family});
  return command;
}

bench::Results measure(const Options& options, const ffc::Corpus& corpus, const std::string& program) {
  const ffc::TemporaryDirectory work;
  const auto cache_dir = work.path() / "cache";
  bench::Results results;
  results.ffc_version = corpus.generator_version;
  results.rounds = options.rounds;
  results.compilers = options.compilers;
  results.show_entries = options.entries;
  if (wanted(options, "cold"))
    results.cold = bench::measure_cold(corpus, options.compilers, options.rounds, work.path() / "cold");
  if (wanted(options, "disk") || wanted(options, "memory")) bench::fill_cache(corpus, cache_dir);
  if (wanted(options, "disk"))
    results.disk =
        bench::measure_disk(child_command(options, program, cache_dir.string()), std::max(5, options.rounds));
  if (wanted(options, "memory")) results.memory_ns = bench::measure_memory(corpus, cache_dir);
  if (wanted(options, "show"))
    results.show_ms = bench::measure_show(options.tool, options.entries, options.rounds, work.path() / "entries");
  return results;
}

void run(const Options& options, const std::string& program) {
  const auto corpus = ffc::read_corpus(options.manifest).restricted_to(options.families);
  if (!options.disk_child.empty()) return bench::print_disk_times(corpus, options.disk_child);
  const auto results = measure(options, corpus, program);
  options.json ? bench::print_json(results) : bench::print_table(results);
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Measures dijitso on modules of FFC against compilers as subprocesses.");
  app.add_option("--manifest", options.manifest, "modules.json of make_modules.py")->capture_default_str();
  app.add_option("--families", options.families, "only these, separated by commas")->delimiter(',');
  app.add_option("--rounds", options.rounds, "repetitions; medians are printed")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--only", options.only, "what to measure, separated by commas")
      ->delimiter(',')
      ->check(CLI::IsMember({"cold", "disk", "memory", "show"}))
      ->capture_default_str();
  app.add_option("--compilers", options.compilers, "the peers, separated by commas")
      ->delimiter(',')
      ->capture_default_str();
  app.add_option("--entries", options.entries, "modules in the cache that is shown")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--dijitso-cache", options.tool, "the command line tool")->capture_default_str();
  app.add_option("--disk-child", options.disk_child)->group("");
  app.add_flag("--json", options.json, "print JSON");
  CLI11_PARSE(app, argc, argv);
  try {
    run(options, std::filesystem::read_symlink("/proc/self/exe").string());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "main_job_bench: %s\n", error.what());
    return 1;
  }
}
