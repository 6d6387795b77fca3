#include "jit/packages/openmp.h"

#include "params/surroundings.h"
#include "support/packs/header_pack_writer.h"

#include <catch2/catch.hpp>

using namespace dijitso;
using Catch::Contains;
using surroundings::TemporaryDirectory;

namespace {

// A pack with this header of Clang's.
HeaderPacks pack_of(const TemporaryDirectory& directory, const std::string& header) {
  const Bytes pack = make_header_pack({{HeaderKind::clang, 0, {"/clang"}, {{header, header}}}},
                                      [](const std::string&) { return Bytes{'x'}; });
  const std::string file = directory.write(header + ".pack", as_text(pack));
  return {HeaderPack::open(file)};
}

}  // namespace

TEST_CASE("omp.h is searched where Clang has it, and else beside other versions", "[packages]") {
  const TemporaryDirectory directory;
  const std::string own = directory.path("own"), second = directory.path("second"), third = directory.path("third");
  const std::vector<std::string> others = {directory.path("first"), second, third};
  CHECK(openmp_include_dir({}, own, others).empty());
  directory.write("third/omp.h", "");
  CHECK(openmp_include_dir({}, own, others) == third);
  directory.write("second/omp.h", "");
  CHECK(openmp_include_dir({}, own, others) == second);
  directory.write("own/omp.h", "");
  CHECK(openmp_include_dir({}, own, others).empty());
}

TEST_CASE("a pack with Clang's headers but without omp.h leaves that to the machine", "[packages]") {
  const TemporaryDirectory directory;
  const std::string own = directory.path("own");
  directory.write("own/omp.h", "");
  CHECK(openmp_include_dir(pack_of(directory, "omp.h"), own, {}).empty());
  CHECK(openmp_include_dir(pack_of(directory, "stddef.h"), own, {}) == own);
}

TEST_CASE("the advice for a missing omp.h names packages and places", "[packages]") {
  CHECK_THAT(openmp_advice(), Contains("/include and beside") && Contains("libomp-22-dev") && Contains("include_dirs"));
}
