#include "compile/frontend/needed_features.h"

#include "requests.h"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::compilation;
using namespace dijitso::testing;

namespace {

Flags features_of(const std::string& cpu, std::string source, Flags flags = {"-O1"}) {
  CompileRequest request = cxx_request(std::move(source), std::move(flags));
  request.target_triple = "x86_64-linux-gnu";
  request.target_cpu = cpu;
  const CompileResult result = compiler().compile(request);
  INFO(result.diagnostics_text);
  CHECK(result.ok);
  return result.isa_features;
}

bool has(const Flags& features, const std::string& feature) { return std::ranges::count(features, feature) == 1; }

}  // namespace

TEST_CASE("what no compiler uses by itself is not needed for a named processor") {
  for (const char* cpu : {"skylake-avx512", "icelake-server", "sapphirerapids", "znver3"}) {
    INFO(cpu);
    const Flags features = features_of(cpu, "double f(double a) { return a * a + 1; }");
    for (const char* used : {"avx2", "fma", "bmi2"}) CHECK(has(features, used));
    for (const char* hidden : {"pku", "sgx", "wbnoinvd", "clwb", "clzero", "rdpru", "mwaitx", "xsaves", "invpcid",
                               "pconfig", "shstk", "amx-tile", "amx-int8", "uintr", "enqcmd"}) {
      INFO(hidden);
      CHECK_FALSE(has(features, hidden));
    }
  }
}

TEST_CASE("what AMD's processors alone have is used when a flag asks for it") {
  CHECK_FALSE(has(features_of("znver3", "int a;"), "sse4a"));
  CHECK(has(features_of("znver3", "int a;", {"-O1", "-msse4a"}), "sse4a"));
}

TEST_CASE("what code asks for is needed") {
  const auto needs = [](const char* feature, const std::string& use) {
    INFO(feature);
    const std::string source = "unsigned long long f(unsigned long long n, void* p) { return " + use + "; }";
    for (const char* optimized : {"-O0", "-O2"}) {
      const Flags flags = {optimized, std::string("-m") + feature};
      CHECK(has(features_of("skylake-avx512", source, flags), feature));
      CHECK_FALSE(has(features_of("skylake-avx512", "int a;", flags), feature));
    }
  };
  needs("pku", "__builtin_ia32_rdpkru()");
  needs("waitpkg", "__builtin_ia32_tpause(1, 2, 3)");
  needs("clwb", "(__builtin_ia32_clwb(p), n)");
  needs("serialize", "(__builtin_ia32_serialize(), n)");
  needs("amx-tile", "(__builtin_ia32_tilezero(1), n)");
}
