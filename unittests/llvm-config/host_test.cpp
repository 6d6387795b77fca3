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

TEST_CASE("features may follow a processor, in any order, and are sorted") {
  const Target target = resolve_target("baseline,+fma,+avx2,+fma");
  CHECK(target.cpu == "x86-64");
  CHECK(target.features == Words{"avx2", "fma"});
  CHECK(target_text(target) == "x86-64,+avx2,+fma");
  CHECK(resolve_target(target_text(target)).features == target.features);
  CHECK(resolve_target("native,+avx512f").features.size() >= host_features().size());
  for (const char* text :
       {"baseline,", "baseline,avx2", "baseline,-avx2", "baseline,+avx2,", "haswell,+sve", "haswell,+"}) {
    INFO(text);
    CHECK_THROWS_WITH(resolve_target(text), Contains("build.target_cpu '" + std::string(text) + "'") &&
                                                Contains("ISA feature") && Contains("'+avx2'"));
  }
}

TEST_CASE("the common target has what all have, and nothing else") {
  const Target haswell = resolve_target("haswell");
  CHECK(common_target({haswell}).cpu == "haswell");
  CHECK(common_target({haswell, haswell}).cpu == "haswell");

  const Target with_baseline = common_target({haswell, resolve_target("baseline")});
  CHECK(with_baseline.cpu == "x86-64");
  CHECK(with_baseline.features.empty());

  const Target mixed = common_target({resolve_target("x86-64-v4"), haswell, resolve_target("znver3")});
  CHECK(mixed.cpu == "x86-64");
  CHECK((has(mixed.features, "avx2") && has(mixed.features, "fma") && has(mixed.features, "bmi2")));
  CHECK_FALSE(has(mixed.features, "avx512f"));  // of x86-64-v4 alone
  CHECK_FALSE(has(mixed.features, "sse4a"));    // of znver3 alone

  CHECK(common_target({resolve_target("baseline,+avx2"), haswell}).features == Words{"avx2"});
  CHECK(resolve_target(target_text(mixed)).features == mixed.features);
}
#endif

TEST_CASE("a target has a text that means it") {
  for (const char* name : {"baseline", "native"}) {
    INFO(name);
    const Target target = resolve_target(name);
    CHECK(resolve_target(target_text(target)).cpu == target.cpu);
    CHECK(resolve_target(target_text(target)).features == target.features);
  }
}

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
