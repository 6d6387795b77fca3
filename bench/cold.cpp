// Cold compiles: dijitso in this process against compilers as subprocesses.
#include "jit_modules.h"
#include "measure.h"
#include "shared_libraries.h"
#include "stopwatch.h"

namespace fs = std::filesystem;

namespace bench {
namespace {

// times[module][round]
using Times = std::vector<std::vector<double>>;

double start_up(const ffc::Corpus& corpus, const fs::path& dir) {
  const auto params = ffc::jit_params(corpus, dir);
  dijitso::Jit jit;
  return milliseconds([&] {
    jit.jit("start_up", params,
            [](auto&&...) { return dijitso::Generated{"", "extern \"C\" int start_up() { return 0; }\n", {}}; });
  });
}

// One round over all modules, in an order of contestants that changes from round to round.
void run_round(const ffc::Corpus& corpus, const std::vector<std::string>& compilers, int round, const fs::path& dir,
               std::vector<Times>& times) {
  const auto params = ffc::jit_params(corpus, dir / "dijitso");
  dijitso::Jit jit;
  std::vector<dijitso::Library> libraries;
  std::vector<ffc::SharedLibraries> peers;
  std::vector<std::shared_ptr<void>> handles;
  for (const auto& compiler : compilers) peers.emplace_back(corpus, compiler, dir / fs::path(compiler).filename());
  for (std::size_t m = 0; m < corpus.modules.size(); ++m) {
    const auto& module = corpus.modules[m];
    const std::size_t contestants = 1 + peers.size();
    for (std::size_t k = 0; k < contestants; ++k) {
      const std::size_t who = (k + static_cast<std::size_t>(round) + m) % contestants;
      times[who][m].push_back(milliseconds([&] {
        if (who == 0) return libraries.push_back(ffc::jit_module(jit, corpus, module, params));
        peers[who - 1].build(module);
        handles.push_back(peers[who - 1].open(module));
      }));
    }
  }
}

void add(Cold& sum, std::size_t module, const std::vector<Times>& times) {
  ++sum.modules;
  sum.dijitso += median(times[0][module]);
  sum.peers.resize(times.size() - 1);
  for (std::size_t p = 0; p < sum.peers.size(); ++p) sum.peers[p] += median(times[p + 1][module]);
}

}  // namespace

ColdResult measure_cold(const ffc::Corpus& corpus, const std::vector<std::string>& compilers, int rounds,
                        const fs::path& work_dir) {
  ColdResult result;
  result.start_up = start_up(corpus, work_dir / "start-up");
  std::vector<Times> times(1 + compilers.size(), Times(corpus.modules.size()));
  for (int round = 0; round < rounds; ++round)
    run_round(corpus, compilers, round, work_dir / ("round-" + std::to_string(round)), times);
  result.all.family = "all";
  for (std::size_t m = 0; m < corpus.modules.size(); ++m) {
    const auto& family = corpus.modules[m].family;
    if (result.families.empty() || result.families.back().family != family)
      result.families.push_back({family, 0, 0, {}});
    add(result.families.back(), m, times);
    add(result.all, m, times);
  }
  result.all.dijitso += result.start_up;
  return result;
}

void fill_cache(const ffc::Corpus& corpus, const fs::path& cache_dir) {
  const auto params = ffc::jit_params(corpus, cache_dir);
  dijitso::Jit jit;
  for (const auto& module : corpus.modules) ffc::jit_module(jit, corpus, module, params);
}

}  // namespace bench
