// Shared libraries in the cache, as other programs meet them: a C program that links nothing of dijitso, readelf, and
// an ordinary compiler that runs the documented command.
#include "tests/export/exporting.h"

#include <sys/stat.h>
#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::testing;
using Catch::Matchers::Contains;

namespace {

using Names = std::vector<std::string>;

// The functions of a library called by plain_host, in an environment without anything.
std::string plain(const fs::path& library, const std::string& functions = "value") {
  return output_of("cd / && env -i '" PLAIN_HOST "' '" + library.string() + "' " + functions);
}

bool contains(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

TEST_CASE("a C program opens a library and its dependencies") {
  Place place;
  Jit jit;
  const fs::path library = build_two(jit, place.params);
  CHECK(library == place.cache / "lib" / "libdijitso-user.so");
  CHECK(names_in(place.cache / "lib") == Names{"libdijitso-base.so", "libdijitso-user.so"});
  CHECK(plain(library) == "42\nclosed\n");
  CHECK(files_below(place.cache / "tmp").empty());
  CHECK(jit.counters().compiles == 2);
}

TEST_CASE("names, needed libraries and search path are recorded") {
  Place place;
  place.params.build.rpath_dirs = {"/opt/one", "$ORIGIN/two"};
  Jit jit;
  const fs::path library = build_two(jit, place.params);
  CHECK(dynamic_entries(library, "SONAME") == Names{"libdijitso-user.so"});
  CHECK(dynamic_entries(library, "RUNPATH") == Names{"$ORIGIN:/opt/one:$ORIGIN/two"});
  CHECK(dynamic_entries(library, "RPATH").empty());
  CHECK(dynamic_entries(library, "NEEDED").front() == "libdijitso-base.so");
  CHECK(dynamic_entries(place.cache / "lib" / "libdijitso-base.so", "NEEDED") == Names{"libc.so.6"});
  const std::string segments = output_of("readelf -lW '" + library.string() + "'");
  CHECK_THAT(segments, Contains("GNU_STACK") && !Contains("RWE"));
  CHECK_THAT(output_of("readelf -SW '" + library.string() + "'"), !Contains(".dijitso"));
  CHECK((fs::status(library).permissions() & fs::perms::others_write) == fs::perms::none);
}

TEST_CASE("the names are those of the parameters") {
  Place place;
  place.params.cache.lib_dir = "so";
  place.params.cache.lib_prefix = "";
  place.params.cache.lib_basename = "form_";
  place.params.cache.lib_postfix = ".x.so";
  Jit jit;
  const fs::path library = build_two(jit, place.params);
  CHECK(library == place.cache / "so" / "form_user.x.so");
  CHECK(dynamic_entries(library, "SONAME") == Names{"form_user.x.so"});
  CHECK(plain(library) == "42\nclosed\n");
}

TEST_CASE("a library directory with an absolute name has its own place for files being written") {
  Place place;
  const fs::path dir = place.scratch / "elsewhere/so";
  place.params.cache.lib_dir = dir.string();
  Jit jit;
  const fs::path library = build_two(jit, place.params);
  CHECK(library == dir / "libdijitso-user.so");
  CHECK(names_in(dir) == Names{"CACHEDIR.TAG", "libdijitso-base.so", "libdijitso-user.so", "tmp"});
  CHECK(files_below(dir / "tmp").empty());
  CHECK_FALSE(fs::exists(place.cache / "lib"));
  CHECK(plain(library) == "42\nclosed\n");
}

TEST_CASE("C++ libraries are needed when they are used, and static objects live as long as the library") {
  Place place;
  Jit jit;
  const fs::path library = jit.build_shared_library("objects", "", R"(
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <stdexcept>
struct Noted { Noted() { std::puts("constructed"); } ~Noted() { std::puts("destroyed"); } };
static Noted noted;
static thread_local int number = 7;
static void leaving() { std::puts("leaving"); std::fflush(stdout); }
extern "C" int local() { std::atexit(leaving); return number++; }
extern "C" int caught() {
  try { throw std::out_of_range("x"); } catch (const std::exception&) { return 5; }
}
extern "C" int root() { volatile double x = 81, y = 0.5; return (int)std::pow(x, y); }
)",
                                                    {}, place.params);
  CHECK(plain(library, "local local caught root") == "constructed\n7\n8\n5\n9\nleaving\nleaving\ndestroyed\nclosed\n");
  const Names needed = dynamic_entries(library, "NEEDED");
  CHECK((contains(needed, "libstdc++.so.6") && contains(needed, "libm.so.6") && contains(needed, "libc.so.6")));
  CHECK(build::make_unique(needed) == needed);
}

TEST_CASE("a library is kept as long as it is its object's, and replaced when not") {
  Place place;
  Jit jit;
  const fs::path library = build_two(jit, place.params);
  const fs::path base = place.cache / "lib" / "libdijitso-base.so";
  const ino_t before = inode(library), base_before = inode(base);
  const auto again = [&] { return build_two(jit, place.params); };

  SECTION("the same") {
    again();
    CHECK(inode(library) == before);
    CHECK(inode(base) == base_before);
    CHECK(jit.counters().compiles == 2);
  }
  SECTION("another variant of the object") {
    Params other = place.params;
    other.build.cxxflags_opt = {"-O0", "-DOTHER"};
    build_two(jit, other);
    CHECK(inode(library) != before);
    const ino_t of_other = inode(library);
    again();
    CHECK(inode(library) != of_other);
    CHECK(jit.counters().compiles == 4);
  }
  SECTION("removed") {
    fs::remove(library);
    fs::remove(base);
    again();
  }
  SECTION("truncated, changed, stripped") {
    const std::string content = read_text(library);
    for (const std::string& damaged :
         {content.substr(0, content.size() / 2), std::string(), content.substr(0, content.size() - 1),
          content.substr(0, 700) + char(content[700] ^ 1) + content.substr(701), content + "x"}) {
      write_text(library, damaged);
      again();
      CHECK(read_text(library) == content);
    }
    const std::string stripped = place.scratch / "stripped.so";
    CHECK(output_of("strip -o '" + stripped + "' '" + library.string() + "'") == "");
    write_text(library, read_text(stripped));
    again();
    CHECK(read_text(library) == content);
  }
  SECTION("a directory in its place is an error that says so") {
    fs::remove(library);
    fs::create_directory(library);
    CHECK_THAT(thrown<CacheError>(again).what(), Contains(library.string()) && Contains("user"));
    fs::remove(library);
    again();
  }
  CHECK(jit.counters().quarantined == 0);
  CHECK(plain(library) == "42\nclosed\n");
}

TEST_CASE("a dependency that was built anew is used by what depends on it") {
  Place place;
  {
    Jit jit;
    build_two(jit, place.params, 40);
  }
  // The same name with other text, as after a change of the generator.
  Jit jit;
  jit.build_shared_library("base", "int base();\n", "int base() { return 98; }", {}, place.params);
  CHECK(plain(place.cache / "lib" / "libdijitso-user.so") == "100\nclosed\n");
  Jit other;
  const auto source = "#include <base.h>\nextern \"C\" int value() { return base() + 3; }\n";
  const fs::path library = other.build_shared_library("user", "", source, {"base"}, place.params);
  CHECK(plain(library) == "101\nclosed\n");
}

TEST_CASE("a cache that was moved still works") {
  Place place;
  Jit jit;
  build_two(jit, place.params);
  fs::rename(place.cache, place.scratch / "moved");
  CHECK(plain(place.scratch / "moved/lib/libdijitso-user.so") == "42\nclosed\n");
  Params moved = place.params;
  moved.cache.cache_dir = (place.scratch / "moved").string();
  const ino_t before = inode(place.scratch / "moved/lib/libdijitso-user.so");
  Jit fresh;
  build_two(fresh, moved);
  CHECK(inode(place.scratch / "moved/lib/libdijitso-user.so") == before);
  CHECK(fresh.counters().compiles == 0);
}

TEST_CASE("a missing symbol is an error with its name, and nothing is stored") {
  Place place;
  Jit jit;
  const auto build = [&](const std::string& source) {
    return thrown<LinkFailed>([&] { jit.build_shared_library("lacking", "", source, {}, place.params); });
  };
  const auto error = build("int absent(double); int missing_too; extern \"C\" int value() { return absent(1.5); }");
  CHECK(error.missing_symbols() == Names{"absent(double)"});
  CHECK_THAT(error.what(), Contains("'lacking'") && Contains("absent(double)") && Contains("libs"));
  CHECK(files_below(place.cache / "lib").empty());
  CHECK(files_below(place.cache / "obj").empty());
  CHECK(files_below(place.cache / "tmp").empty());
  const fs::path library = jit.build_shared_library("lacking", "", value_source(3), {}, place.params);
  CHECK(plain(library) == "3\nclosed\n");
}

TEST_CASE("libraries of the host are needed under their names and found in the directories given") {
  Place place;
  const fs::path dir = place.scratch / "host";
  fs::create_directory(dir);
  write_text(dir / "h.c", "int host_number(void) { return 6; }\n");
  REQUIRE(output_of("cc -shared -fPIC -Wl,-soname,libhost_test.so.1 -o '" + (dir / "libhost_test.so").string() + "' '" +
                    (dir / "h.c").string() + "' && ln -s libhost_test.so '" + (dir / "libhost_test.so.1").string() +
                    "'") == "");
  const auto source = "extern \"C\" int host_number(); extern \"C\" int value() { return host_number(); }";
  Jit jit;
  SECTION("found") {
    place.params.build.libs = {"host_test"};
    place.params.build.lib_dirs = {dir.string()};
    const fs::path library = jit.build_shared_library("m", "", source, {}, place.params);
    CHECK(dynamic_entries(library, "NEEDED").front() == "libhost_test.so.1");
    CHECK(dynamic_entries(library, "RUNPATH") == Names{"$ORIGIN:" + dir.string()});
    CHECK(plain(library) == "6\nclosed\n");
  }
  SECTION("by the file's name") {
    place.params.build.libs = {(dir / "libhost_test.so").string()};
    CHECK(dynamic_entries(jit.build_shared_library("m", "", source, {}, place.params), "NEEDED").front() ==
          "libhost_test.so.1");
  }
  SECTION("not needed when no symbol of it is used, whatever it would load in turn") {
    place.params.build.libs = {"host_test"};
    place.params.build.lib_dirs = {dir.string()};
    const fs::path library = jit.build_shared_library("m", "", value_source(3), {}, place.params);
    CHECK(dynamic_entries(library, "NEEDED") == Names{"libc.so.6"});
  }
  SECTION("not found") {
    place.params.build.libs = {"no_such_library"};
    const auto error = thrown<LinkFailed>([&] { jit.build_shared_library("m", "", source, {}, place.params); });
    CHECK_THAT(error.what(), Contains("'no_such_library'") && Contains("lib_dirs"));
  }
}

TEST_CASE("a library of the host without a SONAME may move, and is found by LD_LIBRARY_PATH") {
  Place place;
  const fs::path dir = place.scratch / "host", other = place.scratch / "other";
  fs::create_directory(dir);
  write_text(dir / "h.c", "int host_number(void) { return 6; }\n");
  const fs::path file = dir / "libhost_plain.so";
  REQUIRE(output_of("cc -shared -fPIC -o '" + file.string() + "' '" + (dir / "h.c").string() + "'") == "");
  SECTION("named") {
    place.params.build.libs = {"host_plain"};
    place.params.build.lib_dirs = {dir.string()};
  }
  SECTION("by its path") { place.params.build.libs = {file.string()}; }
  Jit jit;
  const fs::path library = jit.build_shared_library(
      "m", "", "extern \"C\" int host_number(); extern \"C\" int value() { return host_number(); }", {}, place.params);
  CHECK(dynamic_entries(library, "NEEDED").front() == "libhost_plain.so");
  CHECK(dynamic_entries(library, "RUNPATH") == Names{"$ORIGIN:" + dir.string()});
  CHECK(plain(library) == "6\nclosed\n");
  fs::rename(dir, other);
  CHECK(output_of("LD_LIBRARY_PATH='" + other.string() + "' '" PLAIN_HOST "' '" + library.string() + "' value") ==
        "6\nclosed\n");
}

TEST_CASE("errors of the compiler and of names are those of jit") {
  Place place;
  Jit jit;
  CHECK_THROWS_AS(jit.build_shared_library("m", "", "int f( {", {}, place.params), CompileFailed);
  CHECK_THROWS_AS(jit.build_shared_library("../m", "", "", {}, place.params), InvalidArgument);
  CHECK_THROWS_AS(jit.build_shared_library("m", "", "", {"never_built"}, place.params), GenerateFailed);
}

TEST_CASE("a cache that cannot be written is an error") {
  Place place;
  write_text(place.cache, "");
  const Warnings warnings;
  const auto error =
      thrown<CacheError>([&] { build::build_shared_library("m", "", value_source(1), {}, place.params); });
  CHECK_THAT(error.what(), Contains("'m'") && Contains("cache_dir"));
}

TEST_CASE("sixteen processes that export the same leave whole files at every moment") {
  Place place;
  {
    Jit().jit("warm", Place().params, gives_value(0));
  }  // the libraries of dijitso, opened before the processes start
  std::vector<std::unique_ptr<Child>> exporters;
  for (int i = 0; i < 16; ++i)
    exporters.push_back(std::make_unique<Child>([&place, i] {
      Params params = place.params;
      if (i % 2) params.build.cxxflags_opt = {"-O0"};  // two variants that replace each other
      for (int round = 0; round < 3; ++round) {
        Jit jit;
        const fs::path library = build_two(jit, params);
        const std::string result = plain(library);
        expect(result == "42\nclosed\n", result);
      }
    }));
  std::string failures;
  for (const auto& exporter : exporters) failures += exporter->finish();
  CHECK(failures == "");
  CHECK(names_in(place.cache / "lib").size() == 2);
  CHECK(files_below(place.cache / "tmp").empty());
}

TEST_CASE("an ordinary compiler makes the library by the documented command") {
  Place place;
  place.params.build.cxx = "c++";
  Jit jit;
  build_two(jit, place.params);
  const fs::path source = place.scratch / "mine.cpp";
  write_text(source, "#include <base.h>\nextern \"C\" int value() { return base() + 5; }\n");
  const std::string library = place.scratch / "mine.so";
  std::string command;
  for (const std::string& word :
       build::make_compile_command(source.string(), library, {"base"}, place.params.build, place.params.cache))
    command += "'" + word + "' ";
  CHECK(output_of(command) == "");
  CHECK(plain(library) == "45\nclosed\n");
}

TEST_CASE("temporary directories are made where they are asked for") {
  Place place;
  CacheParams params = place.params.cache;
  params.temp_dir_root = place.scratch.path().string();
  const fs::path one = build::temp_dir(params), two = build::temp_dir(params);
  CHECK((one != two && one.parent_path() == place.scratch.path() && fs::is_directory(one) && fs::is_empty(two)));
  CHECK(fs::status(one).permissions() == fs::perms::owner_all);
  params.temp_dir_root.reset();
  const fs::path elsewhere = build::temp_dir(params);
  CHECK(elsewhere.parent_path() == fs::temp_directory_path());
  fs::remove(elsewhere);
  params.temp_dir_root = (place.scratch / "absent").string();
  CHECK_THAT(thrown<CacheError>([&] { build::temp_dir(params); }).what(),
             Contains("absent") && Contains("temp_dir_root"));
}

TEST_CASE("make_unique keeps the first of each") {
  CHECK(build::make_unique(Names{"b", "a", "b", "c", "a"}) == Names{"b", "a", "c"});
  CHECK(build::make_unique(Names{}).empty());
}
