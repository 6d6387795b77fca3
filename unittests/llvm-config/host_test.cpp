#include "llvm-config/host.h"

#include "support/scratch.h"

#include <dijitso/error.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <regex>

using namespace dijitso;
using namespace dijitso::llvm_config;
using namespace dijitso::testing;
using Catch::Contains;

namespace {

using Words = std::vector<std::string>;

bool has(const Words& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// The build id that a standard tool reads in a library.
std::string build_id_by_readelf(const std::string& library) {
  const Scratch scratch;
  const std::string output = scratch / "notes";
  if (std::system(("readelf -n '" + library + "' > '" + output + "' 2>&1").c_str()) != 0) return "readelf failed";
  const std::string notes = read_text(output);
  std::smatch match;
  return std::regex_search(notes, match, std::regex("Build ID: ([0-9a-f]+)")) ? match[1].str() : "no build id";
}

}  // namespace

TEST_CASE("the version and the very build of LLVM are known") {
  CHECK(std::regex_match(std::string(llvm_version()), std::regex("22\\.[0-9]+\\.[0-9]+")));
  CHECK(std::regex_match(llvm_revision(), std::regex("[0-9a-f]{16,64}")));
  CHECK(llvm_revision() == build_id_by_readelf("/usr/lib/llvm-22/lib/libLLVM.so.22.1"));
}

TEST_CASE("the triple names this architecture and system") {
  CHECK(std::regex_match(host_triple(), std::regex("(x86_64|aarch64)-[a-z-]*linux-gnu")));
}

TEST_CASE("the features of this processor are sorted, and what the kernel says of it agrees") {
  const Words& features = host_features();
  CHECK_FALSE(features.empty());
  CHECK(std::is_sorted(features.begin(), features.end()));
  CHECK(std::adjacent_find(features.begin(), features.end()) == features.end());
#if defined(__x86_64__)
  CHECK(has(features, "sse2"));
  CHECK(has(features, "cx8"));
  const std::string kernel = read_text("/proc/cpuinfo");
  for (const char* name : {"avx2", "fma", "bmi2", "avx512f", "rdseed"}) {
    INFO(name);
    CHECK(has(features, name) == std::regex_search(kernel, std::regex(std::string("\\b") + name + "\\b")));
  }
#endif
}

TEST_CASE("baseline and native are processors that every compiler accepts") {
  const Target baseline = resolve_target("baseline");
  const Target native = resolve_target("native");
  CHECK(baseline.features.empty());
  CHECK(native.cpu == baseline.cpu);
  CHECK(native.features == host_features());
#if defined(__x86_64__)
  CHECK(baseline.cpu == "x86-64");
#endif
}

#if defined(__x86_64__)
TEST_CASE("a processor may be named") {
  for (const char* name : {"haswell", "x86-64-v3", "znver4", "skylake-avx512"}) {
    INFO(name);
    CHECK(resolve_target(name).cpu == name);
    CHECK(resolve_target(name).features.empty());
  }
}
#endif

TEST_CASE("other names are an error that tells what can be given") {
  for (const char* name : {"nonsense", "", "help", "Haswell", "i386", "native ", "haswell\n", "pentium4"}) {
    INFO(name);
    CHECK_THROWS_AS(resolve_target(name), InvalidArgument);
    CHECK_THROWS_WITH(resolve_target(name), Contains("build.target_cpu '" + std::string(name) + "'") &&
                                                Contains(host_triple()) && Contains("'native'"));
  }
}

TEST_CASE("missing features are those that this processor does not have, in their order") {
  CHECK(missing_features({}).empty());
  CHECK(missing_features(host_features()).empty());
  const std::string known = host_features().front();
  CHECK(missing_features({"zz-invented", known, "an-invention", ""}) == Words{"zz-invented", "an-invention", ""});
}
