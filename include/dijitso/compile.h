// A text, compiled and linked, now:
//
//     dijitso::Library lib = dijitso::compile("double f(double x) { return 2 * x; }");
//     double two = lib.function<double(double)>("f")(1.0);
//
// A name is not needed: the same text with the same options and dependencies is compiled once, and later taken from
// memory or from the disk cache, in every process. Everything that <dijitso/jit.h> says about modules holds.
//
// Functions and variables of C, and those that are declared extern "C", are found by their names. Other functions and
// variables of C++ are found by their names with namespaces ("n::f"), as long as the text defines one of that name.
//
// Thread-safety: these functions may be called from any thread. Local, not collective. The code stays loaded as long as
// a handle to the library, or to one that depends on it, exists.
// Errors: CompileFailed with the messages of the compiler; InvalidArgument for options, and for a package that is not
// found; LinkFailed for undefined symbols.
#pragma once

#include <dijitso/export.h>
#include <dijitso/library.h>
#include <dijitso/params.h>

#include <optional>
#include <string>
#include <vector>

namespace dijitso {

struct CompileOptions {
  std::string name = {};                // for people: the signature begins with it; "text" by default
  std::string language = {};            // "c++" or "c"; by default C++, and C for files whose name ends in ".c"
  std::string standard = {};            // as in -std=: by default "c++20", or "gnu17" for C
  std::vector<std::string> flags = {};  // after "-O2", or after "-O0 -g" with build.debug
  std::vector<std::string> include_dirs = {};
  std::vector<std::string> libraries = {};  // as in -l, or the names of files
  std::vector<std::string> library_dirs = {};
  std::vector<Library> dependencies = {};  // whose functions and variables the text declares and uses
  std::vector<std::string> packages = {};  // of pkg-config: "eigen3", or "fftw3 >= 3.3"
  bool mpi = false;                        // as build.mpi, build.openmp and build.lenient in <dijitso/params.h>
  bool openmp = false;
  bool lenient = false;
  // The cache, and everything else; Params::load() by default. Its flags (build.cxxflags and the like) are not used,
  // its other lists come after those above, and what it sets to true is true.
  std::optional<Params> params = {};
};

// The parameters with which compile() calls jit, for build::precompile(). InvalidArgument for an unknown language.
DIJITSO_API Params compile_params(const CompileOptions& options);

// Compiles a text with default_jit().
DIJITSO_API Library compile(const std::string& source, const CompileOptions& options = {});

// The same for a file, to whose lines messages refer. Its directory is searched for the headers that it includes, and
// the name is that of the file unless it is given. InvalidArgument when it cannot be read.
DIJITSO_API Library compile_file(const std::string& path, const CompileOptions& options = {});

}  // namespace dijitso
