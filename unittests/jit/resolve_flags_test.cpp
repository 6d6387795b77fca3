#include "jit/request/resolve_flags.h"

#include "params/surroundings.h"

#include <dijitso/error.h>

#include <catch2/catch.hpp>

using namespace dijitso;
using Catch::Contains;
using surroundings::TemporaryCurrentDirectory;

namespace {

using Flags = std::vector<std::string>;

Request resolved(const Flags& flags) {
  Request request;
  request.target_triple = "x86_64-pc-linux-gnu";
  resolve_flags({flags}, "baseline", request);
  return request;
}

}  // namespace

TEST_CASE("every way to name a directory of headers is made absolute") {
  const TemporaryCurrentDirectory directory;
  const std::string inc = directory.path("inc");
  const auto is = [](const Flags& flags, const Flags& expected) {
    INFO(flags[0]);
    const Request request = resolved(flags);
    CHECK(request.arguments == expected);
    CHECK(request.is_relative);
  };
  for (const char* flag : {"-I", "-isystem", "-isystem-after", "-cxx-isystem", "-stdlib++-isystem", "-iquote",
                           "-idirafter", "-isysroot", "-iwithprefix", "-iwithprefixbefore"}) {
    is({flag, "inc"}, {flag, inc});
    is({std::string(flag) + "inc"}, {flag + inc});
  }
  for (const char* flag : {"--sysroot", "--embed-dir", "--gcc-toolchain", "--gcc-install-dir"})
    is({std::string(flag) + "=inc"}, {flag + ("=" + inc)});
  is({"--sysroot", "inc"}, {"--sysroot=" + inc});
  is({"--include-directory=inc"}, {"-I" + inc});
  is({"--include-directory", "inc"}, {"-I", inc});
  is({"--include-directory-after=inc"}, {"-idirafter" + inc});
  is({"--include-with-prefix=inc"}, {"-iwithprefix" + inc});
  is({"-resource-dir", "inc"}, {"-resource-dir", inc});
  is({"-resource-dir=inc"}, {"-resource-dir=" + inc});
  is({"-iwithsysroot", "inc"}, {"-isystem", inc});
  CHECK(resolved({"-iwithsysroot", "/inc"}).arguments == Flags{"-iwithsysroot", "/inc"});
}

TEST_CASE("a prefix is a text in front of directories") {
  const TemporaryCurrentDirectory directory;
  CHECK(resolved({"-iprefix", "inc/", "-iwithprefix", "sub"}).arguments ==
        Flags{"-iprefix", directory.path("inc/"), "-iwithprefix", "sub"});
  CHECK(resolved({"-iprefix/abs/", "-iwithprefixsub"}).arguments == Flags{"-iprefix/abs/", "-iwithprefixsub"});
}

TEST_CASE("flags that only look like those with directories are left alone") {
  CHECK(resolved({"-include-pch"}).arguments == Flags{"-include-pch"});
  CHECK(resolved({"-load", "--sysroots=x", "-DI=-Ix"}).arguments == Flags{"-load", "--sysroots=x", "-DI=-Ix"});
}

TEST_CASE("flags that name libraries are as build.libs, lib_dirs and rpath_dirs") {
  const TemporaryCurrentDirectory directory;
  const Request request = resolved(
      {"-lm", "-l", "z", "-l:libx.so.2", "-lm", "-Llib", "-L", "/opt/lib", "-O2", "--library-directory=/opt/lib"});
  CHECK(request.libs == Flags{"m", "z", "libx.so.2"});
  CHECK(request.lib_dirs == Flags{directory.path("lib"), "/opt/lib"});
  CHECK(request.arguments == Flags{"-O2"});
  CHECK_THROWS_AS(resolved({"-l:"}), InvalidArgument);
  CHECK_THROWS_WITH(resolved({"-l"}), Contains("'-l' needs a value"));
}

TEST_CASE("what the linker is to search is read in all its forms") {
  for (const Flags& flags : std::vector<Flags>{{"-Wl,-rpath,/a"},
                                               {"-Wl,-rpath=/a"},
                                               {"-Wl,--rpath,/a"},
                                               {"-Wl,-rpath", "-Wl,/a"},
                                               {"-Wl,-z,now,-rpath,/a,--as-needed"},
                                               {"-Xlinker", "-rpath", "-Xlinker", "/a"},
                                               {"-Wl,-R,/a"},
                                               {"-Wl,-R/a"},
                                               {"-rpath", "/a"},
                                               {"-Wl,-rpath,/a", "-Wl,-rpath,/a"}}) {
    INFO(flags[0]);
    CHECK(resolved(flags).rpath_dirs == Flags{"/a"});
  }
  CHECK(resolved({"-Wl,-rpath,$ORIGIN/lib:/a"}).rpath_dirs == Flags{"$ORIGIN/lib", "/a"});
  const Request request = resolved({"-Wl,-L/a,-lz", "-Wl,-rpath-link,/b", "-Wl,-z,now", "-shared"});
  CHECK((request.libs == Flags{"z"} && request.lib_dirs == Flags{"/a"} && request.rpath_dirs.empty()));
}

TEST_CASE("flags that need a library bring it") {
  CHECK(resolved({"-fopenmp"}).libs == Flags{"omp"});
  CHECK(resolved({"-fopenmp=libiomp5"}).libs == Flags{"iomp5"});
  CHECK(resolved({"-fopenmp", "-fno-openmp"}).libs.empty());
  CHECK(resolved({"-fopenmp-simd"}).libs.empty());
  CHECK(resolved({"-fveclib=libmvec"}).libs == Flags{"mvec"});
  CHECK(resolved({"-fveclib=libmvec", "-fveclib=none"}).libs.empty());
  CHECK(resolved({"-fopenmp", "-lz"}).arguments == Flags{"-fopenmp"});
}
