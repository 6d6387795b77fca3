#include "jit/packages/packages.h"

#include "params/convert.h"
#include "params/surroundings.h"

#include <dijitso/error.h>

#include <sys/stat.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>

using namespace dijitso;
using Catch::Contains;
using surroundings::TemporaryCurrentDirectory;
using surroundings::TemporaryDirectory;
using surroundings::Variable;

namespace {

using Flags = std::vector<std::string>;

// A directory of .pc files, which alone is searched.
struct Files {
  TemporaryDirectory directory;
  PackagePlaces places = {.directories = {directory.path("first"), directory.path("second")},
                          .known_include_dirs = {"/usr/include"},
                          .known_lib_dirs = {"/usr/lib"}};

  void write(const std::string& name, const std::string& fields, const std::string& where = "second") const {
    directory.write(where + "/" + name + ".pc", "Version: 1.0\n" + fields + "\n");
  }
  PackageFlags find(std::vector<PackageNeed> wanted) const { return find_packages(wanted, places, "build.packages"); }
  std::string error_of(std::vector<PackageNeed> wanted) const {
    try {
      find(std::move(wanted));
    } catch (const InvalidArgument& error) {
      return error.what();
    }
    return "(none)";
  }
};

// The variables of packages are not set.
struct Unset {
  std::vector<std::unique_ptr<Variable>> variables;
  Unset() {
    for (const char* name : package_variables) variables.push_back(std::make_unique<Variable>(name, std::nullopt));
  }
};

}  // namespace

TEST_CASE("a package brings what it requires, each once and before what it requires", "[packages]") {
  const Files files;
  files.write("a", "Requires: b, c\nCflags: -I/a -DA\nLibs: -L/lib/a -la -Wl,-z,now");
  files.write("b", "Requires: d\nCflags: -I/b\nLibs: -lb");
  files.write("c", "Requires: d\nCflags: -I/a -I/c\nLibs: -L/lib/a -lc");
  files.write("d", "Cflags: -I/d\nLibs: -ld");
  const PackageFlags flags = files.find({{"a"}});
  CHECK(flags.include_dirs == Flags{"/a", "/b", "/d", "/c"});
  CHECK(flags.compile == Flags{"-DA"});
  CHECK(flags.link == Flags{"-L/lib/a", "-la", "-Wl,-z,now", "-lb", "-ld", "-lc"});
  REQUIRE(flags.packages.size() == 1);
  CHECK(flags.packages[0].name == "a");
  CHECK(flags.packages[0].version == "1.0");
  CHECK(flags.packages[0].file == files.directory.path("second/a.pc"));
}

TEST_CASE("what is required privately is for the compiler only", "[packages]") {
  const Files files;
  files.write("a", "Requires.private: b\nLibs: -la");
  files.write("b", "Requires: c\nCflags: -I/b\nLibs: -lb");
  files.write("c", "Cflags: -I/c\nLibs: -lc");
  const PackageFlags flags = files.find({{"a"}});
  CHECK(flags.include_dirs == Flags{"/b", "/c"});
  CHECK(flags.link == Flags{"-la"});
  CHECK(files.find({{"a"}, {"c"}}).link == Flags{"-la", "-lc"});
}

TEST_CASE("packages that require each other, or themselves, are read once", "[packages]") {
  const Files files;
  files.write("a", "Requires: b\nLibs: -la");
  files.write("b", "Requires: a, b\nRequires.private: a\nLibs: -lb");
  CHECK(files.find({{"a"}}).link == Flags{"-la", "-lb"});
}

TEST_CASE("a long chain of requirements is no recursion", "[packages]") {
  const Files files;
  for (int i = 0; i < 5000; ++i)
    files.write("p" + std::to_string(i), i < 4999 ? "Requires: p" + std::to_string(i + 1) : "Libs: -llast");
  CHECK(files.find({{"p0"}}).link == Flags{"-llast"});
}

TEST_CASE("the first directory that has the package counts", "[packages]") {
  const Files files;
  files.write("a", "Libs: -lsecond");
  files.write("a", "Libs: -lfirst", "first");
  CHECK(files.find({{"a"}}).link == Flags{"-lfirst"});
}

TEST_CASE("directories that are searched anyway are left out", "[packages]") {
  const Files files;
  files.write("a",
              "Cflags: -I/usr/include/ -I /opt/x -isystem /opt/y -idirafter/opt/z\nLibs: -L/usr/lib -L /opt/x -l m");
  const PackageFlags flags = files.find({{"a"}});
  CHECK(flags.include_dirs == Flags{"/opt/x"});
  CHECK(flags.compile == Flags{"-isystem/opt/y", "-idirafter/opt/z"});
  CHECK(flags.link == Flags{"-L/opt/x", "-lm"});
}

TEST_CASE("a file among the libraries is linked", "[packages]") {
  const Files files;
  files.write("a", "Libs: /opt/libx.so -pthread");
  CHECK(files.find({{"a"}}).link == Flags{"-l/opt/libx.so", "-pthread"});
}

TEST_CASE("a root directory comes before the directories of flags", "[packages]") {
  Files files;
  files.places.sysroot = "/root";
  files.write("a", "Cflags: -I/usr/include -I/opt/x -I${pc_sysrootdir}/opt/y -Irelative\nLibs: -L/opt/lib -lx");
  const PackageFlags flags = files.find({{"a"}});
  CHECK(flags.include_dirs == Flags{"/root/usr/include", "/root/opt/x", "/root/opt/y", "relative"});
  CHECK(flags.link == Flags{"-L/root/opt/lib", "-lx"});
}

TEST_CASE("what is missing or too old is named with who requires it and where it was looked for", "[packages]") {
  const Files files;
  files.write("a", "Requires: b >= 2");
  CHECK_THAT(files.error_of({{"nothing"}}), Contains("'nothing', which build.packages names, was not found") &&
                                                Contains("nothing.pc is in none of " + files.directory.path("first") +
                                                         ", " + files.directory.path("second") + ";") &&
                                                Contains("PKG_CONFIG_PATH"));
  CHECK_THAT(files.error_of({{"a"}}), Contains("'b', which 'a' requires, was not found"));
  files.write("b", "");
  CHECK_THAT(files.error_of({{"a"}}), Contains("'b', which 'a' requires, must have a version >= 2") &&
                                          Contains("second/b.pc' is of version 1.0"));
  CHECK_THAT(files.error_of({{"b", "<", "1"}}), Contains("'b', which build.packages names, must have a version < 1"));
  // Also when the package is there already.
  CHECK_THAT(files.error_of({{"b"}, {"b", "!=", "1.0"}}), Contains("version != 1.0"));
}

TEST_CASE("a package file that cannot be read is an error", "[packages]") {
  const Files files;
  std::filesystem::create_directories(files.directory.path("first/a.pc"));
  CHECK_THAT(files.error_of({{"a"}}), Contains("not usable") && Contains("first/a.pc"));
  files.write("b", std::string(300 * 1024, '\n'));
  CHECK_THAT(files.error_of({{"b"}}), Contains("not usable") && Contains("b.pc"));
  REQUIRE(::mkfifo(files.directory.path("first/c.pc").c_str(), 0600) == 0);
  CHECK_THAT(files.error_of({{"c"}}), Contains("not usable") && Contains("c.pc"));
}

TEST_CASE("the places of packages are those of pkg-config", "[packages]") {
  const Unset unset;
  const PackagePlaces places = package_places("x86_64-linux-gnu", false);
  CHECK(places.directories == Flags{"/usr/local/lib/x86_64-linux-gnu/pkgconfig", "/usr/local/lib64/pkgconfig",
                                    "/usr/local/lib/pkgconfig", "/usr/local/share/pkgconfig",
                                    "/usr/lib/x86_64-linux-gnu/pkgconfig", "/usr/lib64/pkgconfig", "/usr/lib/pkgconfig",
                                    "/usr/share/pkgconfig"});
  CHECK(places.known_include_dirs == Flags{"/usr/include"});
  CHECK(std::ranges::count(places.known_lib_dirs, "/usr/lib/x86_64-linux-gnu") == 1);
  CHECK((places.sysroot.empty() && !places.is_relative));
  CHECK(package_places("aarch64-linux-gnu", true).directories ==
        Flags{"/usr/local/lib/aarch64-linux-gnu/pkgconfig", "/usr/local/share/pkgconfig",
              "/usr/lib/aarch64-linux-gnu/pkgconfig", "/usr/share/pkgconfig"});
}

TEST_CASE("the environment says where packages are", "[packages]") {
  const Unset unset;
  const TemporaryCurrentDirectory current;
  const Variable path("PKG_CONFIG_PATH", ":/first::pc:");
  const Variable libdir("PKG_CONFIG_LIBDIR", "/only:/these");
  const Variable root("PKG_CONFIG_SYSROOT_DIR", "/root/");
  const Variable include("PKG_CONFIG_SYSTEM_INCLUDE_PATH", "/i");
  const Variable library("PKG_CONFIG_SYSTEM_LIBRARY_PATH", "/l");
  PackagePlaces places = package_places("x86_64-linux-gnu", false);
  CHECK(places.directories == Flags{"/first", current.path("pc"), "/only", "/these"});
  CHECK(places.is_relative);
  CHECK(places.sysroot == "/root");
  CHECK(places.known_include_dirs == Flags{"/i"});
  CHECK(places.known_lib_dirs == Flags{"/l"});
  const Variable cflags("PKG_CONFIG_ALLOW_SYSTEM_CFLAGS", "1");
  const Variable libs("PKG_CONFIG_ALLOW_SYSTEM_LIBS", "1");
  places = package_places("x86_64-linux-gnu", false);
  CHECK((places.known_include_dirs.empty() && places.known_lib_dirs.empty()));
}

namespace {

// What pkg-config prints; nullopt when it fails.
std::optional<Flags> flags_of_pkg_config(const std::string& name) {
  const std::string command = "/usr/bin/pkg-config --cflags --libs '" + name + "' 2>/dev/null";
  FILE* const output = ::popen(command.c_str(), "r");
  REQUIRE(output);
  std::string text;
  for (int c = 0; (c = std::fgetc(output)) != EOF;) text += static_cast<char>(c);
  if (::pclose(output) != 0) return std::nullopt;
  return params::split_words(text);
}

std::set<std::string> as_set(const Flags& flags) { return {flags.begin(), flags.end()}; }

}  // namespace

TEST_CASE("all packages of this machine have the flags that pkg-config prints", "[packages]") {
  const Unset unset;
  const PackagePlaces places = package_places("x86_64-linux-gnu", false);
  std::size_t count = 0;
  for (const std::string& directory : places.directories) {
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(directory, ignored)) {
      if (entry.path().extension() != ".pc") continue;
      const std::string name = entry.path().stem().string();
      INFO(name);
      const std::optional<Flags> expected = flags_of_pkg_config(name);
      if (!expected) {
        CHECK_THROWS_AS(find_packages({{name}}, places, "a test"), InvalidArgument);
        continue;
      }
      const PackageFlags found = find_packages({{name}}, places, "a test");
      Flags flags = found.compile;
      for (const std::string& dir : found.include_dirs) flags.push_back("-I" + dir);
      for (const std::string& flag : found.link) flags.push_back(flag.starts_with("-l/") ? flag.substr(2) : flag);
      CHECK(as_set(flags) == as_set(*expected));
      ++count;
    }
  }
  CHECK(count > 20);
}
