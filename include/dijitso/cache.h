// dijitso.cache: the contents of a cache directory, with the documented names.
//
// The compiled modules are the files of the category "obj"; docs/cache-format.md describes them. Headers ("inc"),
// sources ("src"), shared libraries ("lib") and build logs ("log") are derived from them: they belong to the variant
// that was published last, and dijitso does not read them again. `jit` needs none of these functions; they are for
// people and tools.
//
// All functions take the `cache` part of validated parameters. Files are replaced in one step, so readers see the old
// content or the new. Thread-safety: all functions may be called from any thread and any number of processes; files
// that others remove meanwhile are skipped. Errors: InvalidArgument for a malformed signature, category or regular
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

// --- Names. Pure functions: they do not access files.

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
// and returns its path. The compiled module does not change. store_log ignores enable_build_log, which is only for the
// logs of jit.
DIJITSO_API std::string store_inc(const std::string& signature, std::string_view content,
                                  const CacheParams& cache_params);
DIJITSO_API std::string store_src(const std::string& signature, std::string_view content,
                                  const CacheParams& cache_params);
DIJITSO_API std::string store_log(const std::string& signature, std::string_view content,
                                  const CacheParams& cache_params);

// Documented: compress_source_code(src_filename, cache_params). Keeps, deletes or compresses the file, depending on
// src_storage; returns its name afterwards, nullopt when it was deleted.
DIJITSO_API std::optional<std::string> compress_source_code(const std::string& src_filename,
                                                            const CacheParams& cache_params);

// Documented: read_library_binary(lib_filename) and write_library_binary(lib_data, signature, cache_params). The bytes
// of a shared library; write returns the path of the file.
DIJITSO_API std::vector<std::uint8_t> read_library_binary(const std::string& lib_filename);
DIJITSO_API std::string write_library_binary(const std::vector<std::uint8_t>& lib_data, const std::string& signature,
                                             const CacheParams& cache_params);

// --- The whole cache.

// Documented: glob_cache(cache_params, categories). The paths in each category, sorted. Lists only regular files with a
// name of their category, and no links.
DIJITSO_API std::map<std::string, std::vector<std::string>> glob_cache(const CacheParams& cache_params,
                                                                       const Categories& categories = {"inc", "src",
                                                                                                       "lib", "log"});

// Documented: clean_cache(cache_params, dryrun=True, categories). Deletes the files that glob_cache lists, and returns
// their paths; with dryrun only returns them. Here "lib" includes "obj", because libraries are made from the compiled
// modules. After cleaning it every module is built anew, since default_jit() forgets the modules of this directory too.
// Libraries in use stay valid.
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
// files with matching lines, including compressed ones, by path; with `signature` only those of that module. `regex` is
// a POSIX extended regular expression, as for `grep -E`, of at most 1000 characters and with repetition counts whose
// product is at most 1000. Only text can be searched: "lib", "obj" and "pch" are InvalidArgument.
DIJITSO_API std::map<std::string, FileMatches> grep_cache(const std::string& regex, const CacheParams& cache_params,
                                                          bool linenumbers = false, bool countonly = false,
                                                          const std::optional<std::string>& signature = std::nullopt,
                                                          const Categories& categories = {"inc", "src", "log"});

// Documented: extract_function(lines). The text of the C or C++ function that starts at the first line, up to the line
// in which its body or its declaration ends; all lines when it does not end. Lines may end with a newline or not; in
// the result they do.
DIJITSO_API std::string extract_function(const std::vector<std::string>& lines);

// Documented: extract_files(signature, cache_params, prefix="", path=".", categories). Copies the files of a module to
// <path>/<prefix>-<signature>.* (without the "-" when the prefix is empty), replacing files of these names; sources are
// decompressed. Returns the names of the new files; the list is empty when the cache has no file of this signature.
DIJITSO_API std::vector<std::string> extract_files(const std::string& signature, const CacheParams& cache_params,
                                                   const std::string& prefix = "", const std::string& path = ".",
                                                   const Categories& categories = {"inc", "src", "lib", "log"});

// Documented: extract_lib_signatures(cache_params). The signatures of the library files, sorted.
DIJITSO_API std::vector<std::string> extract_lib_signatures(const CacheParams& cache_params);

// --- Integrity.

// The problems that were found: path -> reasons.
using IntegrityReport = std::map<std::string, std::vector<std::string>>;

// Documented: check_cache_integrity(cache_params). Verifies every compiled module: its digest, its name, and that the
// variants of its dependencies exist. Reports derived files too: headers and sources of no variant; libraries that are
// truncated, damaged, of no variant, or not made by dijitso, that need missing libraries, or that were linked with
// another variant of a library than exists now; and files that belong to no module. Changes nothing; the result is
// empty when there are no problems.
DIJITSO_API IntegrityReport check_cache_integrity(const CacheParams& cache_params);

// Documented: report_cache_integrity(dmissing, out=warning). Writes one line for each reason, or one line that there
// are no problems. An empty `out` is the log, at level WARNING.
DIJITSO_API void report_cache_integrity(const IntegrityReport& dmissing,
                                        const std::function<void(const std::string&)>& out = {});

// --- Moving modules to other machines. Not in the documented interface.

// Called with the number of finished files and of all files.
using Progress = std::function<void(std::size_t done, std::size_t all)>;

struct ExportResult {
  std::vector<std::string> modules;   // the contents: "<signature>.<16 hex digits>", dependencies first
  std::vector<std::string> left_out;  // one sentence for each chosen module that is missing: the reason
  std::uint64_t bytes = 0;            // of the archive; 0 with dryrun
};

// Writes these modules, and those that they were built against, to one file. The file appears only when it is complete,
// and replaces one of the same name; with dryrun nothing is written. `modules` are signatures, which stand for all
// their variants, or single variants, "<signature>.<16 hex digits>"; when it is empty, all modules of the cache are
// written. The same modules always give the same bytes. Damaged entries and those with missing dependencies are left
// out. CacheError for a module that the cache does not have, and when there is nothing to write.
DIJITSO_API ExportResult export_modules(const std::vector<std::string>& modules, const std::string& file,
                                        const CacheParams& cache_params, bool dryrun = false,
                                        const Progress& progress = {});

struct ImportResult {
  std::size_t imported = 0;
  std::size_t present = 0;  // the cache had them, or equivalent ones, already

  bool operator==(const ImportResult&) const = default;
};

// Publishes the modules of such a file in the cache; with dryrun only verifies and counts them. Everything is verified
// before anything is stored: CacheError names the problem, and then nothing has been imported. Existing entries of the
// cache are not changed. An archive contains code that will be run: digests detect damage, but do not show who made it.
DIJITSO_API ImportResult import_modules(const std::string& file, const CacheParams& cache_params, bool dryrun = false,
                                        const Progress& progress = {});

// The entries of such a file, verified, dependencies first, for sending to other processes.
DIJITSO_API std::vector<std::vector<std::uint8_t>> read_archive(const std::string& file);

// Publishes entries, dependencies first, as import_modules does. CacheError when an entry is damaged, or a dependency
// is not among the entries before it.
DIJITSO_API ImportResult publish_entries(const std::vector<std::vector<std::uint8_t>>& entries,
                                         const CacheParams& cache_params);

// --- Libraries.

// Documented: get_dijitso_dependencies(libname, cache_params). The libraries of ldd(libname) that belong to this cache,
// as file name -> path; the path is empty for a library that is not found.
DIJITSO_API std::map<std::string, std::string> get_dijitso_dependencies(const std::string& libname,
                                                                        const CacheParams& cache_params);

// Documented: analyse_load_error(e, lib_filename, cache_params). A text that explains why the library could not be
// loaded: the message of `e`, and the problems of the file and of the libraries that it needs. Problems that it finds
// are not thrown.
DIJITSO_API std::string analyse_load_error(const std::exception& e, const std::string& lib_filename,
                                           const CacheParams& cache_params);

// Documented: lookup_lib(lib_signature, cache_params). The module from the memory of default_jit() (the variant used
// last), or else from load_library.
DIJITSO_API std::optional<Library> lookup_lib(const std::string& lib_signature, const CacheParams& cache_params);

// Documented: load_library(signature, cache_params). Loads the newest variant of the module whose headers and
// dependencies are unchanged, and remembers it in default_jit(); nullopt when the cache has none. LinkFailed as from
// jit.
DIJITSO_API std::optional<Library> load_library(const std::string& signature, const CacheParams& cache_params);

}  // namespace cache
}  // namespace dijitso
