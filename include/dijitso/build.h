// dijitso.build: makes a shared library in the cache from source text, and gives the command that would do the same.
//
// The library is linked in this process and does not need dijitso: a program loads it with dlopen, and finds the
// libraries of its dependencies beside it, even after the cache was moved. The file appears only when it is complete.
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

// Documented: build_shared_library(signature, header, source, dependencies, params). Compiles unless the cache has
// exactly this module, stores its object, its library and the libraries of all dependencies, and returns the file name
// of the library, which cache.lib_dir, lib_prefix, lib_basename and lib_postfix determine. `dependencies` are
// signatures that jit returned before. Like jit on default_jit(), but the module itself is not loaded.
// Errors: those of jit; LinkFailed names the undefined symbols; CacheError when the cache cannot be written.
DIJITSO_API std::string build_shared_library(const std::string& signature, const std::string& header,
                                             const std::string& source, const std::vector<std::string>& dependencies,
                                             const Params& params);

// The same up to the object, whose file name in the cache it returns. Nothing is linked, so build.target_triple may
// name another kind of machine. An existing entry may be in one of cache.readonly_dirs instead. Not in the documented
// interface. Errors: as above; CacheError also when nothing is cached (cache.use_disk).
DIJITSO_API std::string build_object(const std::string& signature, const std::string& header, const std::string& source,
                                     const std::vector<std::string>& dependencies, const Params& params);

// Documented: make_compile_command(src_filename, lib_filename, dependencies, build_params, cache_params): the command
// and its arguments, one string each, with which an ordinary compiler makes the library. dijitso never runs it.
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

// Documented: temp_dir(cache_params): makes a new directory that only the user can open, in cache.temp_dir_root or else
// in the system's directory for temporary files, and returns its name. The caller removes it. CacheError when none can
// be made.
DIJITSO_API std::string temp_dir(const CacheParams& cache_params);

// The key of a request as text: everything known before generating that must be equal for a cache entry to match
// (docs/cache-format.md). Not in the documented interface. InvalidArgument as from jit.
DIJITSO_API std::string request_text(const std::string& signature, const Params& params);

// A package that requests use (build.packages, build.mpi), with what it and all that it requires add.
struct PackageFacts {
  std::string name;
  std::string version;
  std::string file;                // its .pc file
  std::vector<std::string> flags;  // for compiler and linker, without the directories that both search anyway
};

// The packages that requests with these parameters use, MPI's at the end. Reads .pc files as pkg-config does, in
// PKG_CONFIG_PATH and the directories of the system (docs/flags.md). Not in the documented interface. InvalidArgument
// for one that is missing, too old or malformed, naming what requires it and where it was looked for.
DIJITSO_API std::vector<PackageFacts> packages(const BuildParams& build_params);

// --- Header packs: headers in one file, for machines that do not have them (docs/header-packs.md).

struct PackOptions {
  bool system = false;  // Clang's headers, libstdc++ and those of the C library, as they are on this machine
  bool libcxx = false;  // libc++ too
  // Directories, whole or in part: "/opt/ufc/include", "/usr/include:dolfin,dolfin.h,boost".
  std::vector<std::string> include_dirs;
};

struct PackedHeaders {
  std::string kind;                // "C++ library", "include directory", ...
  std::string name;                // in the pack; does not depend on where it was packed
  std::string digest;              // of names and texts, hexadecimal
  std::vector<std::string> paths;  // its paths when it was packed, which include_dirs may name
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
};

struct HeaderPackFacts {
  std::string file;
  std::string digest;  // part of the key of everything compiled with it, hexadecimal
  std::uint64_t bytes = 0;
  std::vector<PackedHeaders> directories;
};

// Called with the number of finished files and of all files.
using PackProgress = std::function<void(std::size_t done, std::size_t all)>;

// Writes a pack. The file appears only when it is complete, and replaces one of the same name. The same headers always
// give the same digest, whatever their paths. Asks Clang where the system's headers are, so the compiler library is
// loaded. InvalidArgument when nothing is chosen, or a directory or part does not exist; CacheError when a header
// cannot be read, the system's headers are missing, or the pack cannot be written.
DIJITSO_API HeaderPackFacts pack_headers(const std::string& file, const PackOptions& options,
                                         const PackProgress& progress = {});

// The contents of a pack, after everything in it was verified. CacheError when it cannot be used.
DIJITSO_API HeaderPackFacts read_header_pack(const std::string& file, const PackProgress& progress = {});

// The packs that requests with these parameters use (build.header_packs). CacheError when one cannot be used.
DIJITSO_API std::vector<HeaderPackFacts> header_packs(const BuildParams& build_params);

// --- Precompiled headers, made before a program needs them (docs/design.md, 6).

struct PrecompiledHeaders {
  std::string includes;     // the lines that were precompiled; empty when the text begins with none
  std::uint64_t bytes = 0;  // of the precompiled headers; 0 when they are not kept
  bool is_new = false;      // made now; otherwise a cache had them
  bool is_small = false;    // they are parsed as fast, so nothing is kept
  std::string refusal;      // why they cannot be precompiled, for example because the compiler finds an error in them
};

// Makes the precompiled headers that every module uses which begins with the same #include lines as this source and is
// built with the same parameters: those of `build` must be equal, generator parameters and the place of the cache do
// not count. They go into cache.cache_dir, unless a cache has them already. Loads the compiler. Not in the documented
// interface. InvalidArgument as from jit, and when build.pch is "off"; CacheError when the cache cannot be written,
// memory is scarce, or another process is making them.
DIJITSO_API PrecompiledHeaders precompile(const std::string& source, const Params& params);

// The cache beside libdijitso, `dijitso/cache`, in which all processes look for precompiled headers at last. Empty when
// the place of the library is not known. Not in the documented interface.
DIJITSO_API std::string installed_cache_dir();

}  // namespace build
}  // namespace dijitso
