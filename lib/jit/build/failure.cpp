// Everything here is for people and does not affect what is compiled. Tested in unittests/jit/failure_test.cpp and,
// with a real compiler that runs recompile.sh, in tests/jit.

#include "jit/build/failure.h"

#include "cache/format/layout.h"
#include "jit/build/compile_command.h"
#include "jit/packages/openmp.h"
#include "support/file.h"

#include <dijitso/cache.h>
#include <dijitso/error.h>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <string_view>

namespace dijitso {
namespace {

namespace fs = std::filesystem;

void write_text(const fs::path& file, std::string_view text, unsigned mode = 0644) {
  publish_file(file, file.parent_path(), as_bytes(text), mode, Publish::replace);
}

// One line for each header pack that the compile used.
std::string packs_as_lines(const Request& request, const std::string& before) {
  std::string lines;
  for (const auto& pack : request.header_packs) lines += before + pack->digest().hex() + " '" + pack->path() + "'\n";
  return lines;
}

std::string about_packs(const Request& request) {
  if (request.header_packs.empty()) return "";
  return "# Headers came from these packs, not from the directories that the command names; 'dijitso-cache "
         "pack-headers\n"
         "# --list' shows what is in one:\n" +
         packs_as_lines(request, "#   ");
}

// Explains that a header in no pack is not found, even if this machine has it.
std::string about_missing_headers(const compilation::CompileResult& result, const Request& request) {
  const auto is_missing = [](const Diagnostic& one) {
    return one.severity == Severity::fatal && one.message.ends_with("file not found");
  };
  if (request.header_packs.empty() || std::ranges::none_of(result.diagnostics, is_missing)) return "";
  return "Headers come from these packs:\n" + packs_as_lines(request, "  ") +
         "What is in none of them is only found in directories that build.include_dirs names. Pack it with "
         "'dijitso-cache pack-headers' and add that pack to build.header_packs, or set that to an empty list.\n";
}

std::string about_openmp(const compilation::CompileResult& result) {
  const auto is_omp = [](const Diagnostic& one) { return one.message == "'omp.h' file not found"; };
  return std::ranges::any_of(result.diagnostics, is_omp) ? openmp_advice() : "";
}

std::string readme(const std::string& signature, const std::string& source_name, const std::string& inc_postfix) {
  return "The module '" + signature +
         "' was generated but does not compile.\n\n"
         "  " +
         source_name +
         "  the generated source\n"
         "  *" +
         inc_postfix +
         "  its header, and those of the modules it depends on\n"
         "  error.log      what the compiler said\n"
         "  recompile.sh   compiles it again with an ordinary compiler ($CXX, else the one named in it)\n\n"
         "The fault is usually in the code generator, or a flag or include directory of the build parameters is "
         "missing.\n"
         "This directory is only for inspection; remove it when you like.\n";
}

// Refuses what another user may have put there, as in /tmp: a link to one of this user's directories, or a directory
// that the other user owns.
void make_own_directory(const fs::path& dir) {
  fs::create_directories(dir.parent_path());
  struct stat info;
  if (::mkdir(dir.c_str(), 0777) == 0) return;
  if (errno != EEXIST || ::lstat(dir.c_str(), &info) != 0) throw FileError("create", dir, errno);
  if (!S_ISDIR(info.st_mode) || info.st_uid != ::geteuid())
    throw CacheError("'" + dir.string() + "' is there, but is not a directory of this user's own: remove it");
}

FailureFiles write_files(const compilation::CompileRequest& compiled, const compilation::CompileResult& result,
                         const Request& request, const Params& params) {
  const fs::path dir = cache::create_fail_dir_path(request.signature, params.cache);
  make_own_directory(dir);
  const std::string source_name = request.signature + (request.is_c ? ".c" : ".cpp");
  FailureFiles files;
  files.fail_dir = dir.string();
  files.src_filename = (dir / source_name).string();
  files.cmd_filename = (dir / "recompile.sh").string();
  files.readme_filename = (dir / "README").string();
  files.log_filename = (dir / "error.log").string();

  write_text(files.src_filename, compiled.source);
  for (const compilation::MemoryHeader& header : compiled.headers) write_text(dir / header.name, header.text);
  write_text(files.log_filename, result.diagnostics_text);
  write_text(files.readme_filename, readme(request.signature, source_name, params.cache.inc_postfix));
  write_text(files.cmd_filename,
             "#!/bin/sh\n# Reproduces the failed compile with an ordinary compiler.\n" + about_packs(request) +
                 "cd \"$(dirname \"$0\")\" || exit 1\n" + compile_command(request, params, source_name) + "\n",
             0755);
  return files;
}

std::string first_error(const compilation::CompileResult& result) {
  for (const Diagnostic& diagnostic : result.diagnostics)
    if (diagnostic.severity >= Severity::error) {
      if (diagnostic.file.empty()) return diagnostic.message;
      return diagnostic.file.substr(diagnostic.file.rfind('/') + 1) + ":" + std::to_string(diagnostic.line) + ":" +
             std::to_string(diagnostic.column) + ": " + diagnostic.message;
    }
  return "the compiler gave no reason";
}

}  // namespace

std::string compile_command(const Request& request, const Params& params, const std::string& source_file) {
  std::string compiler;
  for (const std::string& word : compiler_words(request, params))
    compiler += (compiler.empty() ? "" : " ") + shell_quoted(word);
  std::string command = (request.is_c ? "${CC:-" : "${CXX:-") + compiler + "}";
  const auto add = [&](const std::string& word) { command += " " + shell_quoted(word); };
  for (const std::string& flag : flag_words(request)) add(flag);
  add("-I.");
  for (const std::string& word : include_words(request)) add(word);
  add("-idirafter");  // headers that were stored by hand
  add(fs::absolute(cache::Layout(params.cache).inc_dir()).lexically_normal().string());
  add("-c");
  add(source_file);
  add("-o");
  add(request.signature + ".o");
  return command;
}

std::string build_log(const std::string& command, const compilation::CompileResult& result) {
  std::string log = "Equivalent command: " + command + "\nCompiler: " + result.compiler_version + "\n";
  for (const std::string& flag : result.dropped_flags)
    log += "Flag that this compiler does not know or cannot use, left out: " + flag + "\n";
  const auto seconds = [&](compilation::Step step) { return std::to_string(result.seconds(step)) + " s"; };
  log += "Frontend: " + seconds(compilation::Step::frontend) + ", optimiser: " + seconds(compilation::Step::optimiser) +
         ", code generation: " + seconds(compilation::Step::code_generation) + "\n";
  return log + result.diagnostics_text;
}

CompileFailed make_compile_failure(const compilation::CompileRequest& compiled,
                                   const compilation::CompileResult& result, const Request& request,
                                   const Params& params) {
  std::string message = "module '" + request.signature + "' does not compile: " + first_error(result) + "\n" +
                        result.diagnostics_text + about_missing_headers(result, request) + about_openmp(result);
  FailureFiles files;
  try {
    files = write_files(compiled, result, request, params);
    message += "See '" + files.fail_dir + "' for the source and recompile.sh.";
  } catch (const std::exception& error) {
    message += "(No directory to reproduce it: " + std::string(error.what()) + "; set cache.fail_dir_root.)";
  }
  return CompileFailed(message, result.diagnostics, files);
}

}  // namespace dijitso
