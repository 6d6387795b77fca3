// Runs each target (fuzz_targets.h) on its seeds and on what a sequence of pseudo-random changes makes of them. The
// same numbers always give the same inputs; a crash is repeated by the numbers that were printed last.
//   torture_mutations RUNS [FIRST-RUN]
#include "fuzz_targets.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>

namespace {

using namespace dijitso;
using namespace dijitso::torture;

class Mutator {
 public:
  explicit Mutator(std::uint64_t seed) : random_(seed) {}

  Bytes mutated(const std::vector<Bytes>& seeds) {
    Bytes bytes = seeds[below(seeds.size())];
    for (std::size_t changes = 1 + below(6); changes > 0; --changes) change(bytes);
    return bytes;
  }

 private:
  std::size_t below(std::size_t end) { return end == 0 ? 0 : random_() % end; }

  void change(Bytes& bytes) {
    const std::size_t at = below(bytes.size() + 1);
    const std::size_t length = std::min(below(32), bytes.size() - at);
    const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(at);
    const auto end = begin + static_cast<std::ptrdiff_t>(length);
    switch (below(7)) {
      case 0:
        bytes.resize(at);
        return;
      case 1:
        bytes.erase(begin, end);
        return;
      case 2: {
        const Bytes copy(begin, end);
        bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(below(bytes.size() + 1)), copy.begin(), copy.end());
        return;
      }
      case 3:
        bytes.insert(begin, below(64), static_cast<std::uint8_t>(random_()));
        return;
      case 4:  // sizes and offsets that do not fit
        std::fill(begin, end, std::uint8_t(below(2) == 0 ? 0xff : 0x7f));
        return;
      case 5:
        std::generate(begin, end, [&] { return static_cast<std::uint8_t>(random_()); });
        return;
      default:
        if (at < bytes.size()) bytes[at] ^= static_cast<std::uint8_t>(1u << below(8));
    }
  }

  std::mt19937_64 random_;
};

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t runs = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1000;
  const std::uint64_t first = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 0;
  for (const FuzzTarget& target : fuzz_targets()) {
    for (const Bytes& seed : target.seeds) run_target(target, seed);
    std::printf("%s: %llu runs from %llu\n", target.name.c_str(), static_cast<unsigned long long>(runs),
                static_cast<unsigned long long>(first));
    std::fflush(stdout);
    for (std::uint64_t run = first; run < first + runs; ++run) run_target(target, Mutator(run).mutated(target.seeds));
  }
}
