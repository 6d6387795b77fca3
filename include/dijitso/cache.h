// dijitso.cache: what lies in a cache directory, by the documented names.
//
// The compiled modules are the files of the category "obj"; docs/cache-format.md describes them. Headers ("inc"),
// sources ("src"), shared libraries ("lib") and build logs ("log") are derived from them: they are of the variant that
// was published last, and nothing reads them back. `jit` needs none of these functions: they are for people and tools.
//
// All functions take the `cache` part of validated parameters. Files are written whole, so that readers see the old
// content or the new. Thread-safety: all functions may be called from any thread and any number of processes; files
// that others remove meanwhile are left out. Errors: InvalidArgument for a malformed signature, category or regular
// expression; CacheError for a file or directory that cannot be read or written.
#pragma once

#include <dijitso/export.h>
#include <dijitso/library.h>
#include <dijitso/params.h>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dijitso {
namespace cache {

// Names of categories: "inc", "src", "lib", "log", "obj", and "pch" (precompiled headers).
using Categories = std::vector<std::string>;

// --- Names: pure, no file is looked at.

// Documented: create_inc_basename(signature, cache_params), and so on: file names without directory.
DIJITSO_API std::string create_inc_basename(const std::string& signature, const CacheParams& cache_params);
DIJITSO_API std::string create_src_basename(const std::string& signature, const CacheParams& cache_params);
DIJITSO_API std::string create_lib_basename(const std::string& signature, const CacheParams& cache_params);
// Documented: create_libname(signature, cache_params): without path, prefix "lib" and extension ".so".
DIJITSO_API std::string create_libname(const std::string& signature, const CacheParams& cache_params);

// Documented: create_inc_filename(signature, cache_params), and so on: full paths.
DIJITSO_API std::string create_inc_filename(const std::string& signature, const CacheParams& cache_params);
DIJITSO_API std::string create_src_filename(const std::string& signature, const CacheParams& cache_params);
DIJITSO_API std::string create_lib_filename(const std::string& signature, const CacheParams& cache_params);
DIJITSO_API std::string create_log_filename(const std::string& signature, const CacheParams& cache_params);

// Documented: create_fail_dir_path(signature, cache_params): jitfailure-<signature> in fail_dir_root, or in the current
// directory.
DIJITSO_API std::string create_fail_dir_path(const std::string& signature, const CacheParams& cache_params);

// --- Directories.

// Documented: make_inc_dir(cache_params), and so on. Creates the directory, private to the user (open to the group with
// shared_group), and returns its path.
DIJITSO_API std::string make_inc_dir(const CacheParams& cache_params);
DIJITSO_API std::string make_src_dir(const CacheParams& cache_params);
DIJITSO_API std::string make_lib_dir(const CacheParams& cache_params);
DIJITSO_API std::string make_log_dir(const CacheParams& cache_params);

// Documented: ensure_dirs(cache_params). Creates all directories of the cache.
DIJITSO_API void ensure_dirs(const CacheParams& cache_params);

// --- Single files.

// Documented: read_inc(signature, cache_params), and so on. The content, decompressed if needed; nullopt when there is
// no such file.
DIJITSO_API std::optional<std::string> read_inc(const std::string& signature, const CacheParams& cache_params);
DIJITSO_API std::optional<std::string> read_src(const std::string& signature, const CacheParams& cache_params);
DIJITSO_API std::optional<std::string> read_log(const std::string& signature, const CacheParams& cache_params);

// Documented: store_inc(signature, content, cache_params), and so on. Creates or replaces the file, with its directory,
// and returns its path. The compiled module stays as it is. store_log does so whatever enable_build_log says: that is
// about the logs of jit.
DIJITSO_API std::string store_inc(const std::string& signature, std::string_view content,
                                  const CacheParams& cache_params);
DIJITSO_API std::string store_src(const std::string& signature, std::string_view content,
                                  const CacheParams& cache_params);
DIJITSO_API std::string store_log(const std::string& signature, std::string_view content,
                                  const CacheParams& cache_params);

// Documented: compress_source_code(src_filename, cache_params). Keeps, deletes or compresses the file as src_storage
// says; returns the name it has afterwards, nullopt when it was deleted.
DIJITSO_API std::optional<std::string> compress_source_code(const std::string& src_filename,
                                                            const CacheParams& cache_params);

// Documented: read_library_binary(lib_filename) and write_library_binary(lib_data, signature, cache_params). The bytes
// of a shared library; write returns the path of the file.
DIJITSO_API std::vector<std::uint8_t> read_library_binary(const std::string& lib_filename);
DIJITSO_API std::string write_library_binary(const std::vector<std::uint8_t>& lib_data, const std::string& signature,
                                             const CacheParams& cache_params);

// --- The whole cache.

// Documented: glob_cache(cache_params, categories). The paths in each category, sorted. Only files that have a name of
// their category are listed, and neither links nor other things than files.
DIJITSO_API std::map<std::string, std::vector<std::string>> glob_cache(const CacheParams& cache_params,
                                                                       const Categories& categories = {"inc", "src",
                                                                                                       "lib", "log"});

// Documented: clean_cache(cache_params, dryrun=True, categories). Deletes the files that glob_cache lists, and returns
// them; with dryrun only the latter. Compiled modules belong to "lib" here, as they are what libraries are made
// from: so "lib" includes "obj", and after cleaning it every module is built anew, because default_jit() forgets those
// of this directory too. Libraries in use stay valid.
DIJITSO_API std::map<std::string, std::vector<std::string>> clean_cache(
    const CacheParams& cache_params, bool dryrun = true, const Categories& categories = {"inc", "src", "lib", "log"});

struct MatchedLine {
  std::size_t number = 0;  // from 1; 0 without linenumbers
  std::string text;        // without the newline

  bool operator==(const MatchedLine&) const = default;
};

struct FileMatches {
  std::size_t count = 0;           // of matching lines
  std::vector<MatchedLine> lines;  // none with countonly

  bool operator==(const FileMatches&) const = default;
};

// Documented: grep_cache(regex, cache_params, linenumbers=False, countonly=False, signature=None, categories). The
// files with matching lines, compressed ones included, by path; with `signature` only those of that module. `regex` is
// a POSIX extended regular expression, as `grep -E` takes it, of at most 1000 characters and with repetition counts
// whose product is at most 1000. Only text can be searched: "lib", "obj" and "pch" are InvalidArgument.
DIJITSO_API std::map<std::string, FileMatches> grep_cache(const std::string& regex, const CacheParams& cache_params,
                                                          bool linenumbers = false, bool countonly = false,
                                                          const std::optional<std::string>& signature = std::nullopt,
                                                          const Categories& categories = {"inc", "src", "log"});

// Documented: extract_function(lines). The text of the C or C++ function that starts at the first line: up to the line
// in which its body, or its declaration, ends; all lines when it does not end. Lines may have a newline at the end or
// not; the result has them.
DIJITSO_API std::string extract_function(const std::vector<std::string>& lines);

// Documented: extract_files(signature, cache_params, prefix="", path=".", categories). Copies the files of a module to
// <path>/<prefix>-<signature>.* (without the "-" when the prefix is empty), replacing files of these names; sources are
// decompressed. Returns the names written: none when the cache has nothing of this signature.
DIJITSO_API std::vector<std::string> extract_files(const std::string& signature, const CacheParams& cache_params,
                                                   const std::string& prefix = "", const std::string& path = ".",
                                                   const Categories& categories = {"inc", "src", "lib", "log"});

// Documented: extract_lib_signatures(cache_params). The signatures of the library files, sorted.
DIJITSO_API std::vector<std::string> extract_lib_signatures(const CacheParams& cache_params);

// --- Whether everything fits together.

// What does not fit: path -> reasons.
using IntegrityReport = std::map<std::string, std::vector<std::string>>;

// Documented: check_cache_integrity(cache_params). Verifies every compiled module (its digest, its name, and that the
// variants that it depends on are there) and what is derived: headers and sources that are of no variant; libraries
// that are truncated, damaged, of no variant, or not made by dijitso, that need others which are missing, or that were
// linked with another variant of one than is there now; and files that belong to no module. Changes nothing; empty when
// all is well.
DIJITSO_API IntegrityReport check_cache_integrity(const CacheParams& cache_params);

// Documented: report_cache_integrity(dmissing, out=warning). One line a reason, or one that says that there are none;
// an empty `out` is the log, at level WARNING.
DIJITSO_API void report_cache_integrity(const IntegrityReport& dmissing,
                                        const std::function<void(const std::string&)>& out = {});

// --- Carrying modules to other machines. Beyond the documented functions.

// Hears how many of how many files are done.
using Progress = std::function<void(std::size_t done, std::size_t all)>;

struct ExportResult {
  std::vector<std::string> modules;   // what is in it: "<signature>.<16 hex digits>", dependencies first
  std::vector<std::string> left_out;  // why something that was chosen is not in it: one sentence each
  std::uint64_t bytes = 0;            // of the archive; 0 with dryrun
};

// Writes these modules, and those that they were built against, to one file, which appears whole or not at all and
// replaces one of its name; with dryrun it only says which. `modules` are signatures, of which all variants are taken,
// or single variants, "<signature>.<16 hex digits>"; when it is empty all modules of the cache are taken. The same
// modules always give the same bytes. Damaged entries and those whose dependencies are missing are left out. CacheError
// for a module that the cache does not have, and when there is nothing to write.
DIJITSO_API ExportResult export_modules(const std::vector<std::string>& modules, const std::string& file,
                                        const CacheParams& cache_params, bool dryrun = false,
                                        const Progress& progress = {});

struct ImportResult {
  std::size_t imported = 0;
  std::size_t present = 0;  // were in the cache already, or something as good

  bool operator==(const ImportResult&) const = default;
};

// Publishes the modules of such a file in the cache; with dryrun it only verifies and counts. Everything is verified
// before anything is kept: CacheError names what is wrong, and then nothing has been imported. What is in the cache
// already is left as it is. An archive contains code that will be run: digests tell damage, not who made it.
DIJITSO_API ImportResult import_modules(const std::string& file, const CacheParams& cache_params, bool dryrun = false,
                                        const Progress& progress = {});

// The entries of such a file, verified, dependencies first: to be sent to other processes.
DIJITSO_API std::vector<std::vector<std::uint8_t>> read_archive(const std::string& file);

// Publishes entries, dependencies first, as import_modules does. CacheError when one is damaged or lacks a dependency
// that is not among those before it.
DIJITSO_API ImportResult publish_entries(const std::vector<std::vector<std::uint8_t>>& entries,
                                         const CacheParams& cache_params);

// --- Libraries.

// Documented: get_dijitso_dependencies(libname, cache_params). Those of ldd(libname) that are libraries of this cache,
// as file name -> path; the path is empty for one that is not found.
DIJITSO_API std::map<std::string, std::string> get_dijitso_dependencies(const std::string& libname,
                                                                        const CacheParams& cache_params);

// Documented: analyse_load_error(e, lib_filename, cache_params). Why the library could not be loaded, as a text: the
// message of `e`, and what is wrong with the file and with those that it needs. Never throws what it finds.
DIJITSO_API std::string analyse_load_error(const std::exception& e, const std::string& lib_filename,
                                           const CacheParams& cache_params);

// Documented: lookup_lib(lib_signature, cache_params). The module as default_jit() has it in memory (the variant used
// last), else as load_library gives it.
DIJITSO_API std::optional<Library> lookup_lib(const std::string& lib_signature, const CacheParams& cache_params);

// Documented: load_library(signature, cache_params). Loads the newest variant of the module whose headers and
// dependencies are those of today, and remembers it in default_jit(); nullopt when the cache has none. LinkFailed as
// from jit.
DIJITSO_API std::optional<Library> load_library(const std::string& signature, const CacheParams& cache_params);

}  // namespace cache
}  // namespace dijitso
