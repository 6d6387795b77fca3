#include "jit/build/compile_command.h"

#include <dijitso/build.h>
#include <catch2/catch.hpp>

#include <filesystem>

using namespace dijitso;
using Words = std::vector<std::string>;

namespace {

Params plain() {
  Params params;
  params.cache.cache_dir = "/cache";
  params.build.cxx = "ccache g++";
  params.build.cxxflags = {"-Wall"};
  params.build.cxxflags_opt = {"-O2"};
  params.build.cxxflags_debug = {"-g"};
  return params;
}

Words command(const Params& params, const Words& dependencies = {}) {
  Words words = build::make_compile_command("a.cpp", "a.so", dependencies, params.build, params.cache);
  std::erase_if(words, [](const std::string& word) { return word.starts_with("-march="); });
  return words;
}

}  // namespace

TEST_CASE("the command is a list of the command and its arguments") {
  CHECK(command(plain()) ==
        Words{"ccache", "g++", "-Wall", "-O2", "-shared", "-fPIC", "-I/cache/include", "a.cpp", "-oa.so"});
}

TEST_CASE("parameters and dependencies appear in it, directories once") {
  Params params = plain();
  params.build.debug = true;
  params.build.cxxflags = {"-shared", "-fPIC"};
  params.build.include_dirs = {"/i", "/j", "/i"};
  params.build.lib_dirs = {"/l", "/l"};
  params.build.rpath_dirs = {"/r"};
  params.build.libs = {"m", "libz.so.1", "libforms.a", "/full/libx.so"};
  CHECK(command(params, {"dep"}) == Words{"ccache", "g++", "-shared", "-fPIC", "-g", "-I/i", "-I/j", "-I/cache/include",
                                          "-L/l", "-Wl,-rpath,/r", "a.cpp", "-L/cache/lib", "-Wl,-rpath,/cache/lib",
                                          "-l:libdijitso-dep.so", "-lm", "-l:libz.so.1", "-l:libforms.a",
                                          "/full/libx.so", "-oa.so"});
}

TEST_CASE("it does not depend on the directory in which it is run") {
  Params params = plain();
  params.build.include_dirs = params.build.lib_dirs = params.build.rpath_dirs = {"here"};
  params.build.libs = {"./x.so"};
  const std::string here = std::filesystem::current_path();
  CHECK(command(params) == Words{"ccache", "g++", "-Wall", "-O2", "-shared", "-fPIC", "-I" + here + "/here",
                                 "-I/cache/include", "-L" + here + "/here", "-Wl,-rpath," + here + "/here", "a.cpp",
                                 here + "/x.so", "-oa.so"});
}

TEST_CASE("C is compiled by a C compiler") {
  Params params = plain();
  params.build.language = "c";
  params.build.cxxflags = {"-Wall", "-std=c++11"};
  CHECK(command(params) ==
        Words{"cc", "-Wall", "-O2", "-std=gnu17", "-shared", "-fPIC", "-I/cache/include", "a.cpp", "-oa.so"});
}

TEST_CASE("words are quoted for a shell when they need it") {
  CHECK(shell_quoted("-O2") == "-O2");
  CHECK(shell_quoted("") == "''");
  CHECK(shell_quoted("a b'c") == "'a b'\\''c'");
}
