// dijitso never runs these commands. Tested in unittests/jit/compile_command_test.cpp and, with a compiler that runs
// them, in unittests/jit/failure_test.cpp and tests/export.

#include "jit/build/compile_command.h"

#include "cache/format/layout.h"
#include "jit/request/header_packs.h"
#include "jit/request/resolve_flags.h"

#include <dijitso/build.h>

#include <algorithm>
#include <sstream>
#include <string_view>

namespace dijitso {

std::vector<std::string> compiler_words(const Request& request, const Params& params) {
  std::istringstream text(request.is_c ? "cc" : params.build.cxx);
  std::vector<std::string> words;
  for (std::string word; text >> word;) words.push_back(word);
  return words;
}

std::vector<std::string> flag_words(const Request& request) {
  std::vector<std::string> words;
  for (const std::string& argument : request.arguments) words.push_back(unpacked_names(request.header_packs, argument));
  if (is_foreign(request)) words.push_back("--target=" + request.target_triple);
  if (!request.target_features.empty() && !is_foreign(request))
    words.push_back("-march=native");
  else if (!request.target_cpu.empty())
    words.push_back((request.target_triple.starts_with("x86_64") ? "-march=" : "-mcpu=") + request.target_cpu);
  return words;
}

std::vector<std::string> include_words(const Request& request) {
  std::vector<std::string> words;
  for (const std::string& dir : request.include_dirs) words.push_back("-I" + unpacked_names(request.header_packs, dir));
  return build::make_unique(words);
}

std::string shell_quoted(const std::string& word) {
  const auto harmless = [](char c) {
    const bool is_alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return is_alphanumeric || std::string_view("_-+=./:,@%").find(c) != std::string_view::npos;
  };
  if (!word.empty() && std::all_of(word.begin(), word.end(), harmless)) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

namespace {

bool is_file_name(const std::string& lib) {
  return lib.find(".so") != lib.npos || lib.ends_with(".a") || lib.ends_with(".o");
}

}  // namespace

namespace build {

std::vector<std::string> make_compile_command(const std::string& src_filename, const std::string& lib_filename,
                                              const std::vector<std::string>& dependencies,
                                              const BuildParams& build_params, const CacheParams& cache_params) {
  Params params;
  params.build = build_params;
  params.cache = cache_params;
  const Request request = make_request("module", params);
  const cache::Layout layout(cache_params);
  std::vector<std::string> words = compiler_words(request, params);
  const auto add = [&](const std::string& word) { words.push_back(word); };
  const auto add_all = [&](const std::string& prefix, const std::vector<std::string>& values) {
    for (const std::string& value : make_unique(values)) add(prefix + value);
  };
  for (const std::string& word : flag_words(request)) add(word);
  for (const char* needed : {"-shared", "-fPIC"})
    if (std::find(words.begin(), words.end(), needed) == words.end()) add(needed);
  add_all("", include_words(request));
  add("-I" + layout.inc_dir().string());
  add_all("-L", request.lib_dirs);
  add_all("-Wl,-rpath,", request.rpath_dirs);
  add(src_filename);
  if (!dependencies.empty()) {
    add("-L" + layout.lib_dir().string());
    add("-Wl,-rpath," + layout.lib_dir().string());
  }
  for (const std::string& dependency : dependencies) add("-l:" + layout.lib_file(dependency).filename().string());
  for (const std::string& lib : request.libs) {
    if (lib == openmp_library) continue;  // -fopenmp is among the flags
    if (lib.find('/') != lib.npos)
      add(lib);
    else
      add((is_file_name(lib) ? "-l:" : "-l") + lib);
  }
  add("-o" + lib_filename);
  return words;
}

}  // namespace build
}  // namespace dijitso
