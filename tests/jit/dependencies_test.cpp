// A module was compiled and linked against one variant of what it depends on. When that has changed, it is built again;
// when it changes back, the old one answers again. Both ways of naming dependencies: built before, and built inside
// generate.
#include "tests/support/modules.h"

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::testing;

namespace {

// A dependency whose code follows its generator parameter or a header on disk, and a module that uses it, by inlining a
// macro of its header and by a call: both must be the same.
struct Pair {
  Place place;
  fs::path header = place.scratch / "number.h";
  int generated = 0;

  Pair() { place.params.build.include_dirs = {place.scratch.path().string()}; }

  std::string base(Jit& jit, int degree) {
    Params params = place.params;
    params.generator["degree"] = degree;
    return jit
        .jit("base", params,
             [&](auto&&...) {
               const std::string number = std::to_string(degree);
               return Generated{
                   "#define DEGREE " + number + "\nint degree();\n", "int degree() { return " + number + "; }", {}};
             })
        .second;
  }

  std::string base_from_header(Jit& jit) {
    return jit
        .jit("base", place.params,
             gives("#include <base.h>\nint degree() { return DEGREE; }", "#include <number.h>\nint degree();\n"))
        .second;
  }

  Generated user(const std::string& dependency) {
    ++generated;
    return {
        "", "#include <base.h>\nextern \"C\" int value() { return degree() == DEGREE ? DEGREE : -1; }", {dependency}};
  }
};

}  // namespace

TEST_CASE("a dependency that was built before and has changed") {
  Pair pair;
  const bool new_process = GENERATE(false, true);
  CAPTURE(new_process);
  Jit same;
  for (int round = 0; round < 3; ++round)
    for (int degree : {2, 3}) {
      Jit fresh;
      Jit& jit = new_process ? fresh : same;
      const std::uint64_t before = jit.counters().compiles;
      const std::string dependency = pair.base(jit, degree);
      CHECK(value(jit.jit("user", pair.place.params, [&](auto&&...) { return pair.user(dependency); })) == degree);
      CHECK(jit.counters().compiles - before == (round == 0 ? 2 : 0));
      CHECK(value(jit.jit("user", pair.place.params, never)) == degree);
    }
  CHECK(pair.generated == 2);
}

TEST_CASE("going back to an earlier variant gives the very library that is loaded") {
  Pair pair;
  Jit jit;
  std::vector<Library> libraries;
  for (int degree : {2, 3, 2, 3}) {
    const std::string dependency = pair.base(jit, degree);
    libraries.push_back(jit.jit("user", pair.place.params, [&](auto&&...) { return pair.user(dependency); }).first);
  }
  CHECK(libraries[0] == libraries[2]);
  CHECK(libraries[1] == libraries[3]);
  CHECK_FALSE(libraries[0] == libraries[1]);
}

TEST_CASE("a dependency that is built inside generate and has changed") {
  Pair pair;
  const bool new_process = GENERATE(false, true);
  CAPTURE(new_process);
  Jit same;
  for (int round = 0; round < 3; ++round)
    for (int degree : {2, 3}) {
      write_text(pair.header, "#define DEGREE " + std::to_string(degree) + "\n");
      Jit fresh;
      Jit& jit = new_process ? fresh : same;
      jit.forget();
      const std::uint64_t before = jit.counters().compiles;
      const Generate generate = [&](auto&&...) { return pair.user(pair.base_from_header(jit)); };
      CHECK(value(jit.jit("user", pair.place.params, generate)) == degree);
      CHECK(jit.counters().compiles - before == (round == 0 ? 2 : 0));
    }
}

TEST_CASE("a dependency that was built before from an edited header") {
  Pair pair;
  for (int round = 0; round < 3; ++round)
    for (int degree : {2, 3}) {
      write_text(pair.header, "#define DEGREE " + std::to_string(degree) + "\n");
      Jit jit;
      const std::string dependency = pair.base_from_header(jit);
      CHECK(value(jit.jit("user", pair.place.params, [&](auto&&...) { return pair.user(dependency); })) == degree);
      CHECK(jit.counters().compiles == (round == 0 ? 2 : 0));
    }
}

TEST_CASE("a change deep in a chain reaches the top") {
  Pair pair;
  const auto build = [&](Jit& jit, int degree) {
    pair.base(jit, degree);
    const auto step = [&](const std::string& name, const std::string& below, const std::string& call) {
      return jit.jit(name, pair.place.params,
                     gives("#include <" + below + ".h>\nint " + name + "() { return " + call + "(); }\n" +
                               "extern \"C\" int value() { return " + name + "(); }",
                           "int " + name + "();", {below}));
    };
    step("second", "base", "degree");
    step("third", "second", "second");
    return value(step("fourth", "third", "third"));
  };
  Jit same;
  for (int degree : {2, 3, 2, 3, 2}) CHECK(build(same, degree) == degree);
  CHECK(same.counters().compiles == 8);
  for (int degree : {2, 3, 2}) {
    Jit fresh;
    CHECK(build(fresh, degree) == degree);
    CHECK(fresh.counters().compiles == 0);
  }
}

TEST_CASE("a dependency whose entry was removed is built again, and the module with it") {
  Pair pair;
  const auto ask = [&](Jit& jit) {
    return value(jit.jit("user", pair.place.params, [&](auto&&...) { return pair.user(pair.base(jit, 2)); }));
  };
  Jit first;
  CHECK(ask(first) == 2);
  for (const std::string& name : names_in(pair.place.cache / "obj"))
    if (name.starts_with("base.")) fs::remove(pair.place.cache / "obj" / name);
  Jit second;
  CHECK(ask(second) == 2);
  CHECK(second.counters().compiles == 1);  // the same base: the user's entry answers again
  CHECK(second.counters().disk_hits == 1);
}
