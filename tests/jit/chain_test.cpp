// A chain of 500 modules, each of which calls the next: built in one process, loaded and unloaded in another one that
// has a small stack, so that nothing on the way may recurse.
#include "tests/support/modules.h"

#include <sys/resource.h>
#include <catch2/catch.hpp>

#include <cstdlib>

using namespace dijitso;
using namespace dijitso::testing;

namespace {

constexpr int length = 500;

std::string link_name(int number) { return "link" + std::to_string(number); }

// The worker: what the second process does. It is this program with a hidden test.
int run_with_small_stack(const std::string& test, const fs::path& cache) {
  const std::string command = "ulimit -s 512 && DIJITSO_CACHE_DIR='" + cache.string() + "' '" +
                              fs::read_symlink("/proc/self/exe").string() + "' '" + test + "'";
  return std::system(command.c_str());
}

}  // namespace

TEST_CASE("a chain of 500 dependencies is built, and loaded by another process with a small stack") {
  Place place;
  {
    Jit jit;
    jit.jit(link_name(0), place.params, gives("extern \"C\" int link0() { return 0; }", "extern \"C\" int link0();"));
    for (int i = 1; i < length; ++i) {
      const std::string previous = link_name(i - 1), name = link_name(i);
      jit.jit(name, place.params,
              gives("#include <" + previous + ".h>\n" + "extern \"C\" int " + name + "() { return " + previous +
                        "() + 1; }",
                    "extern \"C\" int " + name + "();", {previous}));
    }
    CHECK(jit.counters().compiles == length);
  }
  CHECK(run_with_small_stack("[chain-from-disk]", place.cache) == 0);
}

TEST_CASE("the chain from disk", "[.][chain-from-disk]") {
  rlimit stack{};
  REQUIRE((getrlimit(RLIMIT_STACK, &stack) == 0 && stack.rlim_cur == 512 * 1024));
  Library library;
  {
    Jit jit;
    Params params = params_in(std::getenv("DIJITSO_CACHE_DIR"));
    library = jit.jit(link_name(length - 1), params, never).first;
    CHECK(jit.counters().compiles == 0);
    CHECK(jit.counters().disk_hits == length);
  }
  CHECK(library.function<int()>(link_name(length - 1))() == length - 1);
  library = Library();
}
