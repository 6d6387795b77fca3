// build.packages, mpi, openmp and lenient in requests and their keys.
#include "jit/request/package_flags.h"

#include "params/surroundings.h"

#include <dijitso/build.h>
#include <dijitso/error.h>
#include <dijitso/jit.h>

#include <algorithm>
#include <catch2/catch.hpp>

using namespace dijitso;
using Catch::Contains;
using surroundings::TemporaryCurrentDirectory;
using surroundings::TemporaryDirectory;
using surroundings::Variable;

namespace {

using Flags = std::vector<std::string>;

struct Place {
  TemporaryDirectory directory;
  Variable path{"PKG_CONFIG_PATH", directory.path()};
  Params params;

  Place() {
    params.cache.cache_dir = "/cache";
    params.build.cxx = "c++";
    params.build.cxxflags = {"-std=c++17"};
    params.build.cxxflags_opt = {"-O2", "-Luser", "-luser"};
    params.build.include_dirs = {"/user"};
    params.build.libs = {"first"};
    params.build.header_packs.clear();
    write("-I/pc -std=c++14 -DPC");
  }
  void write(const std::string& cflags) const {
    directory.write("a.pc", "Version: 1.5\nCflags: " + cflags + "\nLibs: -L/pc/lib -lpc\n");
  }
  Request request() const { return make_request("m", params); }
};

}  // namespace

TEST_CASE("the caller's flags, directories and libraries are stronger than those of packages", "[packages]") {
  Place place;
  place.params.build.packages = {"a >= 1"};
  const Request request = place.request();
  CHECK(request.arguments == Flags{"-std=c++14", "-DPC", "-std=c++17", "-O2"});
  CHECK(request.include_dirs == Flags{"/user", "/pc"});
  CHECK(request.libs == Flags{"first", "user", "pc"});
  CHECK(request.lib_dirs.back() == "/pc/lib");
}

TEST_CASE("the flags of a package are in the key, and its text is not", "[packages]") {
  Place place;
  place.params.build.packages = {"a"};
  const std::string text = place.request().text;
  CHECK_THAT(text, Contains("-DPC") && Contains("/pc/lib"));
  place.directory.write("a.pc", "# Another text.\nVersion: 2\nCflags: -I/pc -std=c++14 -DPC\nLibs: -L/pc/lib -lpc\n");
  CHECK(place.request().text == text);
  place.write("-I/pc -std=c++14 -DPC=2");
  CHECK(place.request().text != text);
  place.write("-I/pc -std=c++14 -DPC");
  CHECK(place.request().text == text);
  place.directory.write("a.pc", "Version: 1\nCflags: -I/other -std=c++14 -DPC\nLibs: -L/pc/lib -lpc\n");
  CHECK(place.request().text != text);
}

TEST_CASE("what is not set is in no key and no digest, and what is set is", "[packages]") {
  Place place;
  const std::string text = place.request().text;
  const std::string signature = jit_signature("m", place.params);
  for (const char* name : {"packages", "mpi", "openmp", "lenient"})
    CHECK_THAT(text, !Contains(std::string(":") + name));
  const auto changes = [&](auto change) {
    const BuildParams before = place.params.build;
    change(place.params.build);
    CHECK(place.request().text != text);
    CHECK(jit_signature("m", place.params) != signature);
    place.params.build = before;
  };
  changes([](BuildParams& build) { build.packages = {"a"}; });
  changes([](BuildParams& build) { build.openmp = true; });
  changes([](BuildParams& build) { build.lenient = true; });
  CHECK(place.request().text == text);
  CHECK(jit_signature("m", place.params) == signature);
}

TEST_CASE("OpenMP is a flag and its library, and a later flag takes it back", "[packages]") {
  Place place;
  place.params.build.openmp = true;
  CHECK(place.request().arguments.front() == "-fopenmp");
  CHECK(std::ranges::count(place.request().libs, "omp") == 1);
  place.params.build.cxxflags.emplace_back("-fno-openmp");
  CHECK(std::ranges::count(place.request().libs, "omp") == 0);
}

TEST_CASE("flags that forgive come before those of the caller", "[packages]") {
  Place place;
  place.params.build.lenient = true;
  const Flags arguments = place.request().arguments;
  CHECK(arguments.front() == "-Wno-error=implicit-function-declaration");
  CHECK(arguments.back() == "-O2");
}

TEST_CASE("MPI comes from its package", "[packages]") {
  Place place;
  for (const char* name : {"mpi-cxx", "ompi-cxx", "mpich"})
    place.directory.write(std::string(name) + ".pc", "Version: 4\nCflags: -I/mpi\nLibs: -lthe-mpi\n");
  place.params.build.mpi = true;
  CHECK(place.request().include_dirs == Flags{"/user", "/mpi"});
  CHECK(place.request().libs.back() == "the-mpi");
}

TEST_CASE("a request with packages in a relative directory is relative", "[packages]") {
  const TemporaryCurrentDirectory current;
  Place place;
  place.params.build.cxxflags_opt.clear();
  CHECK_FALSE(place.request().is_relative);
  const Variable path("PKG_CONFIG_PATH", "pc");
  CHECK_FALSE(place.request().is_relative);
  current.write("pc/b.pc", "Version: 1\n");
  place.params.build.packages = {"b"};
  CHECK(place.request().is_relative);
}

TEST_CASE("code for another machine gets that machine's packages", "[packages]") {
  Place place;
  const Variable path("PKG_CONFIG_PATH", std::nullopt);
  place.params.build.target_triple = "aarch64-linux-gnu";
  place.params.build.packages = {"no-such-package"};
  CHECK_THROWS_WITH(place.request(), Contains("/usr/lib/aarch64-linux-gnu/pkgconfig") && !Contains("x86_64"));
}

TEST_CASE("the packages of requests are listed with what they add", "[packages]") {
  Place place;
  place.directory.write("b.pc", "Version: 2\nRequires: a\n");
  place.directory.write("mpi-cxx.pc", "Version: 3\nLibs: -lthe-mpi\n");
  place.directory.write("ompi-cxx.pc", "Version: 3\nLibs: -lthe-mpi\n");
  CHECK(build::packages(place.params.build).empty());
  place.params.build.packages = {"b", "a >= 1"};
  place.params.build.mpi = true;
  const std::vector<build::PackageFacts> found = build::packages(place.params.build);
  REQUIRE(found.size() == 3);
  CHECK(found[0].name == "b");
  CHECK(found[0].flags == Flags{"-I/pc", "-std=c++14", "-DPC", "-L/pc/lib", "-lpc"});
  CHECK(found[1].version == "1.5");
  CHECK(found[1].file == place.directory.path("a.pc"));
  CHECK(found[2].flags == Flags{"-lthe-mpi"});
  place.params.build.packages = {"nothing"};
  CHECK_THROWS_AS(build::packages(place.params.build), InvalidArgument);
}
