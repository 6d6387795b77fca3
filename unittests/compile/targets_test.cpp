#include "compile/driver/targets.h"

#include "llvm-config/host.h"
#include "requests.h"

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::testing;
using Catch::Contains;

namespace {

compilation::CompileRequest foreign_request(const std::string& triple, std::string source, bool is_c = true) {
  compilation::CompileRequest request = cxx_request(std::move(source), {"-O2"});
  request.is_c = is_c;
  request.target_triple = llvm_config::resolve_triple(triple);
  request.target_cpu = llvm_config::resolve_target("baseline", request.target_triple).cpu;
  return request;
}

unsigned machine_of(const Bytes& object) {
  Elf64_Ehdr header;
  std::memcpy(&header, object.data(), sizeof header);
  return header.e_machine;
}

}  // namespace

TEST_CASE("objects are made for other kinds of machines, and for this one again") {
  const char* source = "int twice(int x) { return 2 * x; }";
  for (const auto& [triple, machine] : {std::pair<const char*, unsigned>{"aarch64-linux-gnu", EM_AARCH64},
                                        {"x86_64-linux-gnu", EM_X86_64},
                                        {"aarch64-linux-gnu", EM_AARCH64}}) {
    INFO(triple);
    const compilation::CompileResult result = compiler().compile(foreign_request(triple, source));
    INFO(result.diagnostics_text);
    REQUIRE(result.ok);
    REQUIRE(is_object(result.object));
    CHECK(machine_of(result.object) == machine);
    CHECK(result.isa_features.empty());
  }
}

TEST_CASE("headers of the C and the C++ library of another kind of machine are found, and not watched") {
  const compilation::CompileResult c =
      compiler().compile(foreign_request("aarch64-linux-gnu",
                                         "#include <stddef.h>\n#include <stdint.h>\n#include <math.h>\n"
                                         "uint64_t f(double x) { return sizeof(size_t) + (uint64_t)sin(x); }"));
  INFO(c.diagnostics_text);
  CHECK(c.ok);
  CHECK(c.files.empty());
  const compilation::CompileResult cxx =
      compiler().compile(foreign_request("aarch64-linux-gnu",
                                         "#include <cmath>\n#include <vector>\n#include <stdexcept>\n"
                                         "double f(const std::vector<double>& v) { return std::sin(v.at(1)); }",
                                         false));
  INFO(cxx.diagnostics_text);
  CHECK(cxx.ok);
  CHECK(machine_of(cxx.object) == EM_AARCH64);
  CHECK(cxx.files.empty());
}

TEST_CASE("atomic operations need no functions that only an archive of the compiler has") {
  const compilation::CompileResult result = compiler().compile(foreign_request(
      "aarch64-linux-gnu", "#include <atomic>\nstd::atomic<int> n;\nint next() { return n.fetch_add(1); }", false));
  INFO(result.diagnostics_text);
  REQUIRE(result.ok);
  CHECK_FALSE(contains(result.object, "__aarch64_"));
}

TEST_CASE("a processor of another kind of machine can be chosen") {
  compilation::CompileRequest request =
      foreign_request("aarch64-linux-gnu", "#ifndef __ARM_FEATURE_SVE\n#error no SVE\n#endif\nint one() { return 1; }");
  CHECK_FALSE(compiler().compile(request).ok);
  request.target_cpu = "neoverse-v1";
  const compilation::CompileResult result = compiler().compile(request);
  INFO(result.diagnostics_text);
  REQUIRE(result.ok);
  const std::vector<std::string>& features = result.isa_features;
  CHECK(std::ranges::find(features, "sve") != features.end());
  CHECK(std::ranges::find(features, "lse") != features.end());
  CHECK(std::ranges::find(features, "outline-atomics") == features.end());  // a way of making code
  request.target_cpu.clear();
  request.target_features = {"sve"};
  CHECK(compiler().compile(request).ok);
}

TEST_CASE("a machine for which LLVM makes no code is an error") {
  CHECK_THROWS_AS(compiler().compile(foreign_request("renderscript64-linux-gnu", "")), InvalidArgument);
  CHECK_THROWS_WITH(compiler().compile(foreign_request("renderscript64-linux-gnu", "")),
                    Contains("build.target_triple 'renderscript64-unknown-linux-gnu'") && Contains("makes no code"));
}

TEST_CASE("a flag of one kind of machine is refused for another") {
  compilation::CompileRequest request = foreign_request("aarch64-linux-gnu", "");
  request.arguments = {"-mavx2"};
  CHECK_THROWS_AS(compiler().compile(request), InvalidArgument);
}
