// Libraries of the host: by name, in directories, scripts, and what is said when one is not there.
#include "object_maker.h"

#include <dijitso/error.h>
#include <dlfcn.h>
#include <catch2/catch.hpp>

#include <string>

using namespace orc_test;
using Catch::Matchers::Contains;

namespace {

// A shared library lib<name>.so in `dir`.
std::string shared_library(const TempDir& dir, const std::string& name, const std::string& source) {
  write_file(dir / (name + ".cpp"), source);
  const auto file = (dir / ("lib" + name + ".so")).string();
  run("g++ -shared -fPIC -o '" + file + "' '" + (dir / (name + ".cpp")).string() + "'");
  return file;
}

const std::string calls =
    "extern \"C\" int orc_test_library_f(); extern \"C\" int call() { return orc_test_library_f(); }";
const std::string defines = "extern \"C\" int orc_test_library_f() { return 4; }";

}  // namespace

TEST_CASE("libraries are opened by name, through linker scripts too") {
  const auto module =
      link(new_session(), "m",
           "extern \"C\" double cbrt(double); extern \"C\" double root(double x) { return cbrt(x); }", {}, {"m"});
  CHECK(function<double(double)>(module, "root")(27.0) == Approx(3.0));
  const auto zlib =
      link(new_session(), "z",
           "extern \"C\" const char* zlibVersion(); extern \"C\" const char* version() { return zlibVersion(); }", {},
           {"z"});
  CHECK(function<const char*()>(zlib, "version")()[0] == '1');
}

TEST_CASE("libraries are found in lib_dirs, by path, and by file name") {
  const TempDir dir;
  const auto file = shared_library(dir, "orctest", defines);
  const auto session = new_session();
  CHECK(function<int()>(link(session, "m", calls, {}, {"orctest"}, {dir.string()}), "call")() == 4);
  CHECK(function<int()>(link(session, "m", calls, {}, {file}), "call")() == 4);
  CHECK(function<int()>(link(session, "m", calls, {}, {"liborctest.so"}, {dir.string()}), "call")() == 4);
}

TEST_CASE("a library that was loaded for others alone is used only by who names it") {
  const TempDir dir;
  const auto file = shared_library(dir, "local", defines);
  REQUIRE(dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL));
  CHECK_THROWS_WITH(
      link(new_session(), "m", calls),
      "module 'm' needs 'orc_test_library_f', which the process does not define, and it names no dependencies and "
      "no libraries");
  CHECK(function<int()>(link(new_session(), "m", calls, {}, {"local"}, {dir.string()}), "call")() == 4);
}

TEST_CASE("the first library that defines a symbol provides it, after the dependencies") {
  const TempDir dir;
  shared_library(dir, "first", "extern \"C\" int orc_test_library_f() { return 1; }");
  shared_library(dir, "second", "extern \"C\" int orc_test_library_f() { return 2; }");
  const auto session = new_session();
  const auto call = [&](const std::vector<Named>& dependencies, const std::vector<std::string>& libs) {
    return function<int()>(link(session, "m", calls, dependencies, libs, {dir.string()}), "call")();
  };
  CHECK(call({}, {"first", "second"}) == 1);
  CHECK(call({}, {"second", "first"}) == 2);
  CHECK(call({{"B", link(session, "B", defines)}}, {"first"}) == 4);
}

TEST_CASE("a library that is not found is named with the directories") {
  CHECK_THROWS_WITH(
      link(new_session(), "m", "", {}, {"orc_no_such_library"}, {"/some/dir"}),
      Contains("module 'm' needs the library 'orc_no_such_library', which was not found in /some/dir, ") &&
          Contains("/usr/local/lib nor by the dynamic loader: add its directory to lib_dirs, or give its path"));
  CHECK_THROWS_AS(link(new_session(), "m", "", {}, {"orc_no_such_library"}), dijitso::LinkFailed);
}

TEST_CASE("a library that cannot be opened is named with the loader's reason") {
  const TempDir dir;
  write_file(dir / "libbad.so", std::string("\x7f"
                                            "ELF") +
                                    std::string(60, '\0'));
  CHECK_THROWS_WITH(link(new_session(), "m", "", {}, {"bad"}, {dir.string()}),
                    Contains("module 'm' needs the library 'bad', which cannot be opened: ") &&
                        Contains((dir / "libbad.so").string()));
  CHECK_THROWS_WITH(link(new_session(), "m", "", {}, {"/no/such/file.so"}), Contains("/no/such/file.so"));
  shared_library(dir, "needs",
                 "void orc_test_nobody_defines_this(); extern \"C\" void f() { orc_test_nobody_defines_this(); }");
  CHECK_THROWS_WITH(link(new_session(), "m", "", {}, {"needs"}, {dir.string()}),
                    Contains("orc_test_nobody_defines_this"));
}

TEST_CASE("a part of a script that is only used as needed may be missing") {
  const TempDir dir;
  const auto file = shared_library(dir, "real", defines);
  write_file(dir / "libscript.so", "GROUP ( " + file + " AS_NEEDED ( /no/such/file.so ) )");
  CHECK(function<int()>(link(new_session(), "m", calls, {}, {"script"}, {dir.string()}), "call")() == 4);
  write_file(dir / "libbroken.so", "GROUP ( " + file + " /no/such/file.so )");
  CHECK_THROWS_WITH(link(new_session(), "m", calls, {}, {"broken"}, {dir.string()}), Contains("/no/such/file.so"));
}
