// Shows what a corpus costs: a table for people, or JSON.
//
//     ffc_modules_run --manifest modules.json [--cache-dir DIR] [--families a,b] [--quiet | --json]
//
// Three passes over the corpus: as the cache is, then with an empty memory (from disk), then from memory.
#include "run_modules.h"

#include "jit_modules.h"

#include <nlohmann/json.hpp>

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdio>
#include <iostream>

namespace ffc {
namespace {

using Milliseconds = std::chrono::duration<double, std::milli>;

struct Options {
  std::string manifest;
  std::string cache_dir;
  std::vector<std::string> families;
  bool quiet = false;
  bool json = false;
};

struct Row {
  std::string family;
  std::size_t modules = 0;
  std::uint64_t compiled = 0;
  double first = 0, disk = 0, memory = 0;  // milliseconds
  double norm = 0;                         // of the tensors of its forms, summed up
};

double timed(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return Milliseconds(std::chrono::steady_clock::now() - start).count();
}

class Passes {
 public:
  Passes(const Corpus& corpus, const dijitso::Params& params, const Evaluate& evaluate)
      : corpus_(corpus), params_(params), evaluate_(evaluate) {
    for (const auto& module : corpus.modules) {
      if (rows_.empty() || rows_.back().family != module.family) rows_.push_back({module.family});
      ++rows_.back().modules;
    }
  }

  void as_the_cache_is() {
    for_each([&](Row& row, const Module& module) {
      dijitso::Library library;
      const auto before = jit_.counters().compiles;
      row.first += timed([&] { library = get(module); });
      row.compiled += jit_.counters().compiles - before;
      const auto numbers = evaluate_(module, lookup_in(library));
      row.norm += norm(numbers, "tabulate_tensor");
      numbers_.insert(numbers_.end(), numbers.begin(), numbers.end());
    });
    first_ = jit_.counters();
  }

  void from_disk_and_memory() {
    jit_.forget();
    for_each([&](Row& row, const Module& module) { row.disk += timed([&] { libraries_.push_back(get(module)); }); });
    for_each([&](Row& row, const Module& module) { row.memory += timed([&] { get(module); }); });
  }

  const std::vector<Row>& rows() const { return rows_; }
  const Numbers& numbers() const { return numbers_; }
  const dijitso::Counters& first_counters() const { return first_; }
  dijitso::Counters counters() const { return jit_.counters(); }

 private:
  dijitso::Library get(const Module& module) { return jit_module(jit_, corpus_, module, params_); }

  template <class Work>
  void for_each(const Work& work) {
    auto row = rows_.begin();
    for (const auto& module : corpus_.modules) {
      if (row->family != module.family) ++row;
      work(*row, module);
    }
  }

  const Corpus& corpus_;
  const dijitso::Params& params_;
  const Evaluate& evaluate_;
  dijitso::Jit jit_;
  std::vector<Row> rows_;
  std::vector<dijitso::Library> libraries_;
  Numbers numbers_;
  dijitso::Counters first_;
};

nlohmann::json as_json(const dijitso::Counters& c) {
  return {{"memory_hits", c.memory_hits}, {"disk_hits", c.disk_hits}, {"compiles", c.compiles},  {"waits", c.waits},
          {"quarantined", c.quarantined}, {"published", c.published}, {"fallbacks", c.fallbacks}};
}

void print_json(const Corpus& corpus, const Passes& passes) {
  nlohmann::json json = {{"schema_version", 1},
                         {"modules", corpus.modules.size()},
                         {"numbers", count(passes.numbers())},
                         {"digest", digest(passes.numbers())},
                         {"first_pass", as_json(passes.first_counters())},
                         {"counters", as_json(passes.counters())},
                         {"families", nlohmann::json::array()}};
  for (const auto& row : passes.rows())
    json["families"].push_back({{"name", row.family},
                                {"modules", row.modules},
                                {"compiled", row.compiled},
                                {"first_ms", row.first},
                                {"disk_ms", row.disk},
                                {"memory_ms", row.memory},
                                {"norm", row.norm}});
  std::cout << json.dump(1) << "\n";
}

void print_row(const Row& row) {
  std::printf("%-24s %8zu %9llu %12.1f %11.2f %13.1f %15.8g\n", row.family.c_str(), row.modules,
              static_cast<unsigned long long>(row.compiled), row.first, row.disk, 1000 * row.memory, row.norm);
}

void print_table(const Corpus& corpus, const Passes& passes) {
  std::printf("%zu modules of %s %s in %zu families, dependencies first\n\n", corpus.modules.size(),
              corpus.generator.c_str(), corpus.generator_version.c_str(), corpus.families.size());
  std::printf("%-24s %8s %9s %12s %11s %13s %15s\n", "family", "modules", "compiled", "this run ms", "disk ms",
              "memory us", "norm of tensors");
  Row total{"all"};
  for (const auto& row : passes.rows()) {
    print_row(row);
    total.modules += row.modules;
    total.compiled += row.compiled;
    total.first += row.first;
    total.disk += row.disk;
    total.memory += row.memory;
    total.norm += row.norm;
  }
  print_row(total);
}

void print_counters(const Passes& passes, const std::string& cache_dir) {
  const auto& c = passes.first_counters();
  std::printf("\n%llu compiled, %llu from disk, %llu from memory, %llu published, %llu quarantined; ",
              static_cast<unsigned long long>(c.compiles), static_cast<unsigned long long>(c.disk_hits),
              static_cast<unsigned long long>(c.memory_hits), static_cast<unsigned long long>(c.published),
              static_cast<unsigned long long>(c.quarantined));
  std::printf("%zu numbers, digest %016llx\ncache: %s\n", count(passes.numbers()),
              static_cast<unsigned long long>(digest(passes.numbers())), cache_dir.c_str());
}

void run(const Options& options, const Evaluate& evaluate) {
  const auto corpus = read_corpus(options.manifest).restricted_to(options.families);
  auto params = jit_params(corpus, options.cache_dir);
  Passes passes(corpus, params, evaluate);
  passes.as_the_cache_is();
  passes.from_disk_and_memory();
  if (options.json) return print_json(corpus, passes);
  if (!options.quiet) print_table(corpus, passes);
  print_counters(passes, params.cache.cache_dir);
}

}  // namespace

int run_modules(int argc, char** argv, const std::string& program, const std::string& manifest,
                const Evaluate& evaluate) {
  Options options;
  options.manifest = manifest;
  CLI::App app("Compiles the modules of a corpus in this process, or takes them from the cache, and calls them.");
  app.add_option("--manifest", options.manifest, "modules.json of make_modules.py")->capture_default_str();
  app.add_option("--cache-dir", options.cache_dir, "cache directory (default: that of the configuration)");
  app.add_option("--families", options.families, "only these, separated by commas")->delimiter(',');
  app.add_flag("--quiet", options.quiet, "only the counters");
  app.add_flag("--json", options.json, "everything as JSON");
  CLI11_PARSE(app, argc, argv);
  try {
    run(options, evaluate);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", program.c_str(), error.what());
    return 1;
  }
  return 0;
}

}  // namespace ffc
