// build.target_triple of another kind of machine: the cache is filled, and nothing is run.
#include "tests/support/modules.h"

#include <dijitso/build.h>
#include <dijitso/peers.h>
#include <elf.h>

#include <catch2/catch.hpp>
#include <cstring>

using namespace dijitso;
using namespace dijitso::testing;
using Catch::Matchers::Contains;

namespace {

#if defined(__aarch64__)
constexpr const char* foreign_triple = "x86_64-linux-gnu";
constexpr unsigned foreign_machine = EM_X86_64;
#else
constexpr const char* foreign_triple = "aarch64-linux-gnu";
constexpr unsigned foreign_machine = EM_AARCH64;
#endif

Params foreign(const Place& place) {
  Params params = place.params;
  params.build.target_triple = foreign_triple;
  return params;
}

unsigned machine_of(const fs::path& file) {
  const std::string bytes = read_text(file);
  Elf64_Ehdr header;
  REQUIRE(bytes.size() > sizeof header);
  std::memcpy(&header, bytes.data(), sizeof header);
  return header.e_machine;
}

std::vector<fs::path> objects(const Place& place) {
  std::vector<fs::path> files;
  if (!fs::exists(place.cache / "obj")) return files;
  for (const auto& file : fs::directory_iterator(place.cache / "obj")) files.push_back(file.path());
  return files;
}

void check_says_where(const LinkFailed& error) {
  CHECK_THAT(error.what(), Contains("'m'") && Contains(std::string("compiled for ") + foreign_triple) &&
                               Contains("in the cache") && Contains("build.target_triple"));
}

}  // namespace

TEST_CASE("jit for another kind of machine fills the cache and says that the code cannot be called") {
  Place place;
  const Params params = foreign(place);
  for (const char* tier : {"full", "auto", "quick"}) {
    Jit jit;
    Params tiered = params;
    tiered.build.tier = tier;
    check_says_where(thrown<LinkFailed>([&] { jit.jit("m", tiered, gives_value(1)); }));
    check_says_where(thrown<LinkFailed>([&] { jit.jit("m", tiered); }));  // from memory
    CHECK(jit.counters().compiles == (std::string(tier) == "full" ? 1 : 0));
    CHECK(jit.counters().disk_hits == (std::string(tier) == "full" ? 0 : 1));
    REQUIRE(objects(place).size() == 1);
    CHECK(machine_of(objects(place).front()) == foreign_machine);
  }
  // Code for this machine is another variant.
  Jit jit;
  CHECK(value(jit.jit("m", place.params, gives_value(2))) == 2);
  CHECK(objects(place).size() == 2);
}

TEST_CASE("modules for another kind of machine may depend on each other") {
  Place place;
  const Params params = foreign(place);
  const Generate inner = gives("int inner() { return 1; }", "int inner();");
  const auto outer = [&](Jit& jit) {
    return Generate([&, inner](auto&&...) {
      jit.jit("inner", params, inner);
      return Generated{"", "#include <inner.h>\nint outer() { return inner(); }", {"inner"}};
    });
  };
  {
    Jit jit;
    CHECK_THROWS_AS(jit.jit("outer", params, outer(jit)), LinkFailed);
    CHECK(jit.counters().published == 2);
  }
  {
    Jit jit;  // from disk, both
    CHECK_THROWS_AS(jit.jit("outer", params), LinkFailed);
    CHECK(jit.counters().disk_hits == 2);
    CHECK_THROWS_AS(
        jit.jit("third", params, gives("#include <inner.h>\nint third() { return inner(); }", "", {"inner"})),
        LinkFailed);
    CHECK(jit.counters().published == 1);
  }
}

TEST_CASE("jit_async and jit_many build for another kind of machine") {
  Place place;
  const Params params = foreign(place);
  Jit jit;
  const LibraryFuture future = jit.jit_async("m", params, gives_value(1));
  jit.wait_for_background();
  CHECK(future.is_ready());
  check_says_where(thrown<LinkFailed>([&] { future.get(); }));
  CHECK_THROWS_AS(jit.jit_many({{"a", params, gives_value(1)}, {"b", params, gives_value(2)}}), LinkFailed);
  jit.wait_for_background();
  CHECK(objects(place).size() == 3);
}

TEST_CASE("build_object links nothing, and tells the file") {
  Place place;
  const Params params = foreign(place);
  Jit jit;
  const std::string inner = jit.build_object("inner", "int inner();", "int inner() { return 1; }", {}, params);
  CHECK(machine_of(inner) == foreign_machine);
  const std::string source = "#include <inner.h>\nint outer() { return inner(); }";
  const std::string outer = jit.build_object("outer", "", source, {"inner"}, params);
  CHECK(machine_of(outer) == foreign_machine);
  CHECK(jit.counters().compiles == 2);
  CHECK(jit.build_object("outer", "", source, {"inner"}, params) == outer);
  CHECK(jit.counters().compiles == 2);
  const std::string changed = jit.build_object("outer", "", source + "\n", {"inner"}, params);
  CHECK(jit.counters().compiles == 3);
  CHECK(changed == outer);  // it takes the place of the other
  CHECK(objects(place).size() == 2);
  // For this machine too; jit then finds it.
  jit.build_object("m", "", value_source(7), {}, place.params);
  CHECK(value(jit.jit("m", place.params)) == 7);
  CHECK(dijitso::build::build_object("m", "", value_source(7), {}, place.params).starts_with(place.cache.string()));
}

TEST_CASE("build_object without a usable cache is an error") {
  Place place;
  Params params = foreign(place);
  params.cache.use_disk = false;
  Jit jit;
  const auto error = thrown<CacheError>([&] { jit.build_object("m", "", value_source(1), {}, params); });
  CHECK_THAT(error.what(), Contains("'m'") && Contains("cache.use_disk"));
}

TEST_CASE("what needs the code of this machine refuses another kind") {
  Place place;
  const Params params = foreign(place);
  Jit jit;
  const auto library = thrown<InvalidArgument>([&] { jit.build_shared_library("m", "", value_source(1), {}, params); });
  CHECK_THAT(library.what(), Contains("'m'") && Contains(foreign_triple) && Contains("build_object"));
  CHECK_THAT(thrown<InvalidArgument>([&] { Peers::asked("m", params); }).what(),
             Contains("'m'") && Contains(foreign_triple) && Contains("build_object"));
  CHECK(objects(place).empty());
  // By name alone, code of this machine is meant.
  jit.build_object("m", "", value_source(1), {}, params);
  CHECK_FALSE(jit.load("m", params.cache));
  Params loader = params;
  loader.cache.lib_loader = "dlopen";
  check_says_where(thrown<LinkFailed>([&] { jit.jit("m", loader); }));
}

TEST_CASE("modules of different kinds of machines do not depend on each other") {
  Place place;
  const Params params = foreign(place);
  const Generate user = gives("#include <m.h>\nextern \"C\" int value() { return one(); }", "", {"m"});
  const Generate one = gives("int one() { return 1; }", "int one();");
  Jit jit;
  CHECK_THROWS_AS(jit.jit("m", params, one), LinkFailed);
  const auto missing = thrown<GenerateFailed>([&] { jit.jit("user", place.params, user); });
  CHECK_THAT(missing.what(), Contains("'user'") && Contains("'m'") && Contains("has not been built"));
  CHECK(jit.counters().compiles == 1);
  jit.jit("m", place.params, one);
  CHECK(value(jit.jit("user", place.params, user)) == 1);
  CHECK_THROWS_AS(jit.jit("user", params, user), LinkFailed);  // with the m for that machine
  CHECK(jit.counters().compiles == 4);
}

TEST_CASE("triples and processors that mean nothing are errors, before generating") {
  Place place;
  Jit jit;
  const auto message = [&](const std::string& triple, const std::string& cpu) {
    Params params = place.params;
    params.build.target_triple = triple;
    params.build.target_cpu = cpu;
    return std::string(thrown<InvalidArgument>([&] { jit.jit("m", params, gives_value(1)); }).what());
  };
  CHECK_THAT(message("nonsense", "baseline"), Contains("build.target_triple 'nonsense'"));
  CHECK_THAT(message("renderscript64-linux-gnu", "baseline"), Contains("makes no code for it"));
  CHECK_THAT(message(foreign_triple, "native"), Contains("build.target_cpu 'native'"));
  CHECK_THAT(message(foreign_triple, "pentium5"), Contains("build.target_cpu 'pentium5'"));
  CHECK(objects(place).empty());
}
