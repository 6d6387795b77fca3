// The targets of fuzz_targets.h under libFuzzer, which looks for inputs by the branches that they reach (preset fuzz).
//   DIJITSO_FUZZ_TARGET=NAME torture_fuzz CORPUS [libFuzzer's options]
// With DIJITSO_FUZZ_SEEDS=DIR it writes the seeds of the target there and ends.
#include "fuzz_targets.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace {

using namespace dijitso;
using namespace dijitso::torture;

const FuzzTarget& chosen() {
  const char* const name = std::getenv("DIJITSO_FUZZ_TARGET");
  const auto found = std::ranges::find(fuzz_targets(), name ? name : "", &FuzzTarget::name);
  if (found != fuzz_targets().end()) return *found;
  std::fprintf(stderr, "DIJITSO_FUZZ_TARGET must be one of:\n");
  for (const FuzzTarget& target : fuzz_targets()) std::fprintf(stderr, "%s\n", target.name.c_str());
  std::exit(64);
}

void write_seeds(const std::filesystem::path& folder) {
  std::size_t number = 0;
  for (const Bytes& seed : chosen().seeds)
    std::ofstream(folder / std::to_string(number++), std::ios::binary) << as_text(seed);
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  chosen();
  if (const char* const folder = std::getenv("DIJITSO_FUZZ_SEEDS")) {
    write_seeds(folder);
    std::exit(0);
  }
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  run_target(chosen(), {data, size});
  return 0;
}
