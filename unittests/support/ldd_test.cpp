#include "unittests/support/sample_library.h"

#include <dijitso/error.h>
#include <dijitso/system.h>

#include <catch2/catch.hpp>

#include <dlfcn.h>

using namespace dijitso;
using namespace dijitso::testing;

namespace {

using Libraries = std::map<std::string, std::string>;

struct Tree : Scratch {
  std::string name(const char* file) const { return path() / file; }
};

// While it lives, LD_LIBRARY_PATH has this value.
struct LibraryPath {
  explicit LibraryPath(const std::string& value) { ::setenv("LD_LIBRARY_PATH", value.c_str(), 1); }
  ~LibraryPath() { ::unsetenv("LD_LIBRARY_PATH"); }
};

}  // namespace

TEST_CASE("ldd finds what the dynamic linker has loaded for this program", "[ldd]") {
  const Libraries libraries = system::ldd("/proc/self/exe");
  for (const char* name : {"libc.so.6", "libstdc++.so.6", "libm.so.6"}) {
    void* handle = ::dlopen(name, RTLD_NOLOAD | RTLD_LAZY);
    if (!handle) continue;
    std::vector<char> origin(4096);
    REQUIRE(::dlinfo(handle, RTLD_DI_ORIGIN, origin.data()) == 0);
    ::dlclose(handle);
    REQUIRE(libraries.contains(name));
    CHECK(fs::equivalent(libraries.at(name), fs::path(origin.data()) / name));
  }
  CHECK(libraries.contains("libc.so.6"));
}

TEST_CASE("ldd follows RUNPATH with $ORIGIN, and dependencies of dependencies", "[ldd]") {
  const Tree tree;
  write_library(tree / "app/main.so", {{"liba.so"}, "", "$ORIGIN/../lib"});
  write_library(tree / "lib/liba.so", {{"libb.so"}, "", "${ORIGIN}"});
  write_library(tree / "lib/libb.so", {{"libabsent_1.so"}});
  const Libraries found = system::ldd(tree.name("app/main.so"));
  CHECK(found.size() == 3);
  CHECK(fs::equivalent(found.at("liba.so"), tree / "lib/liba.so"));
  CHECK(fs::equivalent(found.at("libb.so"), tree / "lib/libb.so"));
  CHECK(found.at("libabsent_1.so").empty());
}

TEST_CASE("RPATH of the loader counts for dependencies, RUNPATH does not", "[ldd]") {
  const Tree tree;
  const std::string lib = tree.name("lib");
  write_library(tree / "lib/liba.so", {{"libb.so"}});
  write_library(tree / "lib/libb.so", {});
  write_library(tree / "with_rpath.so", {{"liba.so"}, lib, ""});
  write_library(tree / "with_runpath.so", {{"liba.so"}, "", lib});
  CHECK_FALSE(system::ldd(tree.name("with_rpath.so")).at("libb.so").empty());
  CHECK(system::ldd(tree.name("with_runpath.so")).at("libb.so").empty());
}

TEST_CASE("LD_LIBRARY_PATH comes after RPATH and before RUNPATH", "[ldd]") {
  const Tree tree;
  const std::string own = tree.name("own"), set = tree.name("set");
  write_library(tree / "own/liba.so", {});
  write_library(tree / "set/liba.so", {});
  write_library(tree / "rpath.so", {{"liba.so"}, own, ""});
  write_library(tree / "runpath.so", {{"liba.so"}, "", own});
  const LibraryPath environment("/nonexistent:" + set);
  CHECK(system::ldd(tree.name("rpath.so")).at("liba.so") == own + "/liba.so");
  CHECK(system::ldd(tree.name("runpath.so")).at("liba.so") == set + "/liba.so");
}

TEST_CASE("libraries of other machines and files that are none are passed over", "[ldd]") {
  const Tree tree;
  write_library(tree / "1/liba.so", {{}, "", "", "", EM_PPC64});
  fs::create_directories(tree / "2");
  write_text(tree / "2/liba.so", "INPUT(libother.so)");
  fs::create_directories(tree / "3/liba.so");
  write_library(tree / "4/liba.so", {});
  write_library(tree / "main.so", {{"liba.so"}, "", "$ORIGIN/1:$ORIGIN/2:$ORIGIN/3:$ORIGIN/4"});
  CHECK(fs::equivalent(system::ldd(tree.name("main.so")).at("liba.so"), tree / "4/liba.so"));
}

TEST_CASE("a name with a slash is a path, and circles end", "[ldd]") {
  const Tree tree;
  write_library(tree / "a.so", {{tree.name("b.so")}});
  write_library(tree / "b.so", {{tree.name("a.so")}});
  CHECK(system::ldd(tree.name("a.so")) == Libraries{{"a.so", tree.name("a.so")}, {"b.so", tree.name("b.so")}});
}

TEST_CASE("ldd of what is no library", "[ldd]") {
  const Tree tree;
  write_text(tree / "text", "text");
  CHECK_THROWS_WITH(system::ldd(tree.name("text")), Catch::Contains(tree.name("text")) && Catch::Contains("ELF"));
  CHECK_THROWS_AS(system::ldd(tree.name("text")), InvalidArgument);
  CHECK_THROWS_WITH(system::ldd(tree.name("missing")), Catch::Contains("missing") && Catch::Contains("No such file"));
}
