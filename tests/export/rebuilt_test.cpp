// Shared libraries whose objects or dependencies change: what is loaded is never stale, what is stored is made anew
// when it is asked for, and what does not fit meanwhile is found by the integrity check.
#include "tests/export/exporting.h"

#include <dijitso/cache.h>

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::testing;
using Catch::Matchers::Contains;

namespace {

using Names = std::vector<std::string>;

// "base" with a number that its header tells (so that who uses it has it inlined) and its code returns.
std::string build_base(Jit& jit, Params params, int number) {
  params.generator["number"] = number;
  const std::string text = std::to_string(number);
  return jit
      .jit("base", params, gives("int base() { return " + text + "; }", "#define BASE " + text + "\nint base();\n"))
      .second;
}

const std::string agreed = "#include <base.h>\nextern \"C\" int value() { return base() == BASE ? BASE : -1; }\n";

int ask_user(Jit& jit, const Params& params, int number) {
  build_base(jit, params, number);
  return value(jit.jit("user", params, gives(agreed, "", {"base"})));
}

std::string only_reason(const CacheParams& params, const fs::path& file) {
  const cache::IntegrityReport report = cache::check_cache_integrity(params);
  if (report.size() != 1 || report.begin()->first != file || report.begin()->second.size() != 1)
    return std::to_string(report.size()) + " files with faults";
  return report.begin()->second[0];
}

}  // namespace

TEST_CASE("a library whose dependency was rebuilt is rebuilt, by each loader, in one process and in new ones") {
  Place place;
  place.params.cache.lib_loader = GENERATE(as<std::string>(), "orc", "dlopen", "import");
  const bool new_process = GENERATE(false, true);
  CAPTURE(place.params.cache.lib_loader, new_process);
  Jit same;
  for (int round = 0; round < 2; ++round)
    for (int number : {2, 3}) {
      Jit fresh;
      CHECK(ask_user(new_process ? fresh : same, place.params, number) == number);
    }
}

TEST_CASE("an exported library is linked anew when its dependency was rebuilt") {
  Place place;
  Jit jit;
  const auto build = [&](int number) {
    return fs::path(
        jit.build_shared_library("user", "", agreed, {build_base(jit, place.params, number)}, place.params));
  };
  const auto result = [&](const fs::path& library) {
    return output_of("env -i '" PLAIN_HOST "' '" + library.string() + "' value");
  };
  const fs::path library = build(2);
  CHECK(result(library) == "2\nclosed\n");
  const ino_t first = inode(library);
  CHECK(result(build(3)) == "3\nclosed\n");
  CHECK(inode(library) != first);
  CHECK(result(build(2)) == "2\nclosed\n");
  CHECK(jit.counters().compiles == 4);
  CHECK(cache::check_cache_integrity(place.params.cache).empty());
}

TEST_CASE("the integrity check finds what does not fit among real libraries") {
  Place place;
  Jit jit;
  const fs::path user = build_two(jit, place.params);
  const fs::path base = place.cache / "lib/libdijitso-base.so";
  const CacheParams& params = place.params.cache;
  CHECK(cache::check_cache_integrity(params).empty());
  const std::string content = read_text(user);

  SECTION("cut short") {
    for (const std::size_t size : {content.size() - 1, content.size() - 88 - 1}) {
      write_text(user, content.substr(0, size));
      CHECK_THAT(only_reason(params, user), Contains("it is truncated"));
    }
    write_text(user, content.substr(0, 100));
    CHECK_THAT(only_reason(params, user), Contains("not a whole shared library"));
  }
  SECTION("changed") {
    write_text(user, content.substr(0, 700) + char(content[700] ^ 1) + content.substr(701));
    CHECK_THAT(only_reason(params, user), Contains("damaged: its digest"));
  }
  SECTION("by another program") {
    const fs::path source = place.scratch / "f.c", made = place.scratch / "f.so";
    write_text(source, "int value(void) { return 1; }\n");
    REQUIRE(output_of("cc -shared -fPIC -o '" + made.string() + "' '" + source.string() + "'") == "");
    cache::write_library_binary(cache::read_library_binary(made), "user", params);
    CHECK_THAT(only_reason(params, user), Contains("was not made by dijitso"));
  }
  SECTION("of a variant that is gone") {
    Params other = place.params;
    other.build.cxxflags_opt = {"-O0"};
    const Names before = names_in(place.cache / "obj");
    build_two(jit, other);
    for (const std::string& name : names_in(place.cache / "obj"))
      if (name.starts_with("user.") && std::find(before.begin(), before.end(), name) == before.end())
        fs::remove(place.cache / "obj" / name);
    CHECK_THAT(only_reason(params, user), Contains("of no variant of the module 'user'"));
  }
  SECTION("whose dependency is missing") {
    fs::remove(base);
    CHECK_THAT(only_reason(params, user), Contains("'libdijitso-base.so', which is not in the cache"));
  }
  SECTION("whose dependency was made anew") {
    Params other = place.params;
    other.build.cxxflags_opt = {"-O0"};
    jit.build_shared_library("base", "int base();\n", "int base() { return 40; }", {}, other);
    CHECK_THAT(only_reason(params, user), Contains("'libdijitso-base.so' that it needs was made anew"));
  }
  Jit fresh;
  CHECK(build_two(fresh, place.params) == user);
  CHECK(cache::check_cache_integrity(params).empty());
}

TEST_CASE("two variants of one module in one library are an error for an export and work when jit loads them") {
  Place place;
  place.params.cache.lib_loader = GENERATE(as<std::string>(), "orc", "dlopen");
  Jit jit;
  const auto user_of_base = [&](const std::string& name, int number) {
    build_base(jit, place.params, number);
    jit.jit(name, place.params,
            gives("#include <base.h>\nint " + name + "() { return base() == BASE ? BASE : -1; }",
                  "int " + name + "();\n", {"base"}));
  };
  user_of_base("left", 2);
  user_of_base("right", 3);
  const std::string source =
      "#include <left.h>\n#include <right.h>\nextern \"C\" int value() { return 10 * left() + right(); }\n";
  const auto error =
      thrown<LinkFailed>([&] { jit.build_shared_library("both", "", source, {"left", "right"}, place.params); });
  CHECK_THAT(error.what(), Contains("two variants of module 'base'") && Contains("same parameters"));
  CHECK_FALSE(fs::exists(place.cache / "lib/libdijitso-both.so"));
  CHECK(value(jit.jit("both", place.params, gives(source, "", {"left", "right"}))) == 23);
}

TEST_CASE("a library holds no text relocations and names what it needs") {
  Place place;
  Jit jit;
  const fs::path library = build_two(jit, place.params);
  const std::string dynamic = output_of("readelf -dW '" + library.string() + "'");
  CHECK_THAT(dynamic, !Contains("TEXTREL") && !Contains("(RPATH)") && Contains("GNU_HASH"));
  CHECK(dynamic_entries(library, "NEEDED") == Names{"libdijitso-base.so", "libc.so.6"});
  const std::string symbols = output_of("readelf --dyn-syms -W '" + library.string() + "'");
  CHECK_THAT(symbols, Contains(" value") && Contains("UND _Z4basev"));
}
