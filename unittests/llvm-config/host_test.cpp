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
  // Debian's package says more than its version; of another build the build id would stand here.
  CHECK(std::regex_match(llvm_revision(), std::regex("[0-9]+[~+.a-z0-9-]*")));
  CHECK(llvm_revision() != build_id_by_readelf("/usr/lib/llvm-22/lib/libLLVM.so.22.1"));
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

TEST_CASE("a triple is completed, and one that differs from the host's by the vendor only is the host's") {
  CHECK(resolve_triple("") == host_triple());
  CHECK(resolve_triple(host_triple()) == host_triple());
  CHECK(resolve_triple(triple_without_vendor(host_triple())) == host_triple());
  CHECK(resolve_triple("riscv64-linux-gnu") == "riscv64-unknown-linux-gnu");
  CHECK(resolve_triple("riscv64-suse-linux-gnu") == "riscv64-suse-linux-gnu");
  for (const char* text :
       {"aarch64-linux-gnu", "aarch64-unknown-linux-gnu", "arm64-linux-gnu", "aarch64-redhat-linux-gnu"})
    CHECK(triple_without_vendor(resolve_triple(text)) == "aarch64-linux-gnu");
  CHECK(triple_without_vendor("x86_64-pc-linux-gnu") == "x86_64-linux-gnu");
  CHECK(triple_without_vendor("x86_64-linux-gnu") == "x86_64-linux-gnu");
  CHECK(triple_without_vendor(resolve_triple("aarch64-linux-musl")) == "aarch64-linux-musl");
}

TEST_CASE("a triple of machines for which no object can be made is an error") {
  for (const char* text :
       {"nonsense", "aarch64", "linux", "aarch64-linux-nonsense", "aarch64_be-linux-gnu", "i686-linux-gnu",
        "aarch64-apple-darwin", "x86_64-windows-msvc", "-", "s390x-linux-gnu", " "}) {
    INFO(text);
    CHECK_THROWS_AS(resolve_triple(text), InvalidArgument);
    CHECK_THROWS_WITH(resolve_triple(text),
                      Contains("build.target_triple '" + std::string(text) + "'") && Contains("'aarch64-linux-gnu'"));
  }
}

TEST_CASE("a processor is one of the triple's architecture") {
  const std::string arm = "aarch64-unknown-linux-gnu", riscv = "riscv64-unknown-linux-gnu";
  CHECK(resolve_target("baseline", arm).cpu.empty());
  CHECK(resolve_target("baseline", riscv).cpu.empty());
  CHECK(resolve_target("neoverse-v1", arm).cpu == "neoverse-v1");
  CHECK(resolve_target("baseline,+sve,+lse", arm).features == Words{"lse", "sve"});
  CHECK_THROWS_WITH(resolve_target("haswell", arm), Contains(arm));
  CHECK_THROWS_WITH(resolve_target("baseline,+avx2", arm), Contains("'+avx2'") && Contains(arm));
  CHECK_THROWS_WITH(resolve_target("neoverse-v1", "x86_64-pc-linux-gnu"), Contains("not a processor"));
  const std::string foreign = host_triple().starts_with("aarch64") ? riscv : arm;
  CHECK_THROWS_AS(resolve_target("native", foreign), InvalidArgument);
  CHECK_THROWS_WITH(resolve_target("native", foreign), Contains("'native'") && Contains(foreign));
}

TEST_CASE("what can be told of a processor is told of its instructions, not of ways of making code") {
  for (const char* feature : {"avx2", "avx512f", "sse4.1"}) CHECK(is_detectable("x86_64-pc-linux-gnu", feature));
  for (const char* feature : {"retpoline-indirect-calls", "sve", ""})
    CHECK_FALSE(is_detectable("x86_64-pc-linux-gnu", feature));
  for (const char* feature : {"sve", "lse", "neon"}) CHECK(is_detectable("aarch64-unknown-linux-gnu", feature));
  for (const char* feature : {"outline-atomics", "v8a", "avx2"})
    CHECK_FALSE(is_detectable("aarch64-unknown-linux-gnu", feature));
  for (const std::string& feature : host_features()) {
    INFO(feature);
    CHECK(is_detectable(host_triple(), feature));
  }
}
