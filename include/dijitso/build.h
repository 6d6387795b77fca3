// dijitso.build: from source text to a shared library in the cache, and the command that would do the same.
//
// The library is linked in this process and needs nothing of dijitso: a program loads it with dlopen, and finds the
// libraries of its dependencies beside it, wherever the cache is moved. It is linked completely before it appears.
// Thread-safety: all functions may be called from any thread. Local, not collective.
#pragma once

#include <dijitso/export.h>
#include <dijitso/params.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace dijitso {
namespace build {

// Documented: build_shared_library(signature, header, source, dependencies, params). Compiles, unless the cache has the
// very same, stores the object and the library of this module and those of all it depends on, and returns the file name
// of the library, as cache.lib_dir, lib_prefix, lib_basename and lib_postfix make it. `dependencies` are signatures
// that jit returned before. Like jit, on default_jit(); the module itself is not loaded.
// Errors: those of jit; LinkFailed names the symbols that nobody defines; CacheError when the cache cannot be written.
DIJITSO_API std::string build_shared_library(const std::string& signature, const std::string& header,
                                             const std::string& source, const std::vector<std::string>& dependencies,
                                             const Params& params);

// The same up to the object, whose file name in the cache it returns: nothing is linked, so build.target_triple may
// name another kind of machine. An entry that is there already may lie in one of cache.readonly_dirs instead. Beyond
// the documented functions. Errors: as above; CacheError also when the cache keeps nothing (cache.use_disk).
DIJITSO_API std::string build_object(const std::string& signature, const std::string& header, const std::string& source,
                                     const std::vector<std::string>& dependencies, const Params& params);

// Documented: make_compile_command(src_filename, lib_filename, dependencies, build_params, cache_params): the command
// and its arguments, one string each, by which an ordinary compiler makes the library. It is never run here.
DIJITSO_API std::vector<std::string> make_compile_command(const std::string& src_filename,
                                                          const std::string& lib_filename,
                                                          const std::vector<std::string>& dependencies,
                                                          const BuildParams& build_params,
                                                          const CacheParams& cache_params);

// Documented: make_unique(dirs): each item once, in the order of their first appearance.
template <class Item>
std::vector<Item> make_unique(const std::vector<Item>& dirs) {
  std::vector<Item> unique;
  for (const Item& item : dirs)
    if (std::find(unique.begin(), unique.end(), item) == unique.end()) unique.push_back(item);
  return unique;
}

// Documented: temp_dir(cache_params): makes a new directory, open to the user only, in cache.temp_dir_root or else in
// the system's directory for temporary files, and returns its name. The caller removes it. CacheError when none can be
// made.
DIJITSO_API std::string temp_dir(const CacheParams& cache_params);

// The key of a request before anything is generated, as text: what must be equal for an entry of the cache to be looked
// at (docs/cache-format.md). Beyond the documented functions. InvalidArgument as from jit.
DIJITSO_API std::string request_text(const std::string& signature, const Params& params);

// --- Header packs: headers in one file, for machines that do not have them (docs/header-packs.md).

struct PackOptions {
  bool system = false;  // Clang's headers, libstdc++ and those of the C library, as they are on this machine
  bool libcxx = false;  // libc++ too
  // Directories, whole or in part: "/opt/ufc/include", "/usr/include:dolfin,dolfin.h,boost".
  std::vector<std::string> include_dirs;
};

struct PackedHeaders {
  std::string kind;                // "C++ library", "include directory", ...
  std::string name;                // in the pack, the same wherever it was packed
  std::string digest;              // of names and texts, hexadecimal
  std::vector<std::string> paths;  // where it lay when it was packed: what include_dirs may name
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
};

struct HeaderPackFacts {
  std::string file;
  std::string digest;  // stands in the key of all that is compiled with it, hexadecimal
  std::uint64_t bytes = 0;
  std::vector<PackedHeaders> directories;
};

// Hears how many of how many files are done.
using PackProgress = std::function<void(std::size_t done, std::size_t all)>;

// Writes a pack, which appears whole or not at all and replaces a file of its name. The same headers always give the
// same digest, wherever they lie. Asks Clang where the headers of the system are, so the compiler library is loaded.
// InvalidArgument when nothing is chosen, and for a directory or part that is not there; CacheError when a header
// cannot be read, the system's are not there, or the pack cannot be written.
DIJITSO_API HeaderPackFacts pack_headers(const std::string& file, const PackOptions& options,
                                         const PackProgress& progress = {});

// What is in a pack, after everything in it was verified. CacheError when it cannot be used.
DIJITSO_API HeaderPackFacts read_header_pack(const std::string& file, const PackProgress& progress = {});

// The packs that requests with these parameters use (build.header_packs). CacheError when one cannot be used.
DIJITSO_API std::vector<HeaderPackFacts> header_packs(const BuildParams& build_params);

}  // namespace build
}  // namespace dijitso
