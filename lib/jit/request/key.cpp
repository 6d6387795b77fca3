// Two requests with the same text get the same code, so the text has everything that can change the code: compiler,
// target, flags in their order, environment variables that the compiler obeys, parameters. It does not have the place
// of the cache, or build.cxx, which is never started. -march=native is written as the features of this machine
// (resolve_flags.h). What is known only after generating (headers, dependencies) is compared in cache/store/lookup.h.
// Tested in unittests/jit/key_test.cpp and file_key_test.cpp.

#include "jit/request/key.h"

#include "cache/format/entry.h"
#include "cache/format/layout.h"
#include "jit/packages/lenient.h"
#include "jit/request/directory_use.h"
#include "jit/request/environment.h"
#include "jit/request/header_packs.h"
#include "jit/request/package_flags.h"
#include "jit/request/resolve_flags.h"
#include "llvm-config/host.h"
#include "params/paths.h"
#include "params/table.h"

#include <dijitso/build.h>
#include <dijitso/error.h>
#include <dijitso/signatures.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>

namespace dijitso {
namespace {

// Whether a flag already sets the debug information; if not, build.debug adds -g. FFC, for example, replaces the
// default flags by -O0.
bool says_what_debug_info(const std::vector<std::string>& flags) {
  return std::ranges::any_of(flags, [](const std::string& flag) { return flag.starts_with("-g"); });
}

// The standard that a flag asks for, such as "c++11".
std::string_view standard_of(std::string_view flag) {
  if (flag == "-ansi") return "c90";
  for (const std::string_view prefix : {"-std=", "--std="})
    if (flag.starts_with(prefix)) return flag.substr(prefix.size());
  return {};
}

bool is_cxx_standard(std::string_view standard) { return standard.starts_with("c++") || standard.starts_with("gnu++"); }

// One set of flags serves both languages, so a standard of the other language is ignored. C without a standard gets
// default_c_standard, whatever the default of the compiler's version is.
void settle_standard(bool is_c, std::vector<std::string>& arguments) {
  bool has_standard = false;
  std::erase_if(arguments, [&](const std::string& flag) {
    const std::string_view standard = standard_of(flag);
    if (standard.empty()) return false;
    if (flag != "-ansi" && is_cxx_standard(standard) == is_c) return true;
    has_standard = true;
    return false;
  });
  if (is_c && !has_standard) arguments.emplace_back("-std=" + std::string(default_c_standard));
}

void append(std::string& text, std::string_view name, const std::vector<std::string>& values) {
  // Not in an initializer list: there GCC 12 ignores an exception and continues without a value.
  ParamDict alone;
  alone.emplace("", Value(values));
  text.append(name).append(" ").append(signatures::canonicalize_params_for_hashing(alone));
  text += '\n';
}

// What a key for all directories has instead of flags and directory; it is for files of compiler commands only.
using PortableFlags = std::optional<std::vector<std::string>>;

std::string build_text(const Request& request, const std::vector<std::string>& environment, const Params& params,
                       const PortableFlags& portable = {}) {
  std::string text = "schema " + std::to_string(cache::entry_schema) + "\n";
  text.append("compiler clang ").append(llvm_config::llvm_version()).append(" ").append(llvm_config::llvm_revision());
  // Without the vendor, so that all machines of this kind write the same text.
  text +=
      "\ntarget " + llvm_config::triple_without_vendor(request.target_triple) + "\ncpu " + request.target_cpu + "\n";
  append(text, "features", request.target_features);
  text += request.is_c ? "language c\n" : "language c++\n";
  append(text, "arguments", portable.value_or(request.arguments));
  append(text, "include", request.include_dirs);
  if (request.command)
    append(text, "file",
           {request.command->name, request.command->language,
            request.command->is_cxx_driver ? "c++ command" : "c command", portable ? "" : request.directory});
  std::vector<std::string> packs;
  for (const auto& pack : request.header_packs) packs.push_back(pack->digest().hex());
  if (!packs.empty()) append(text, "packs", packs);
  // The names under which a source includes headers of modules and headers that were stored by hand.
  append(text, "headers", {params.cache.inc_dir, params.cache.inc_postfix});
  append(text, "environment", environment);
  ParamDict build = params::hashed_build_params(params);
  build.erase("cxx");
  for (const char* name : {"pch", "jobs", "tier", "compile_timeout", "compile_memory"})
    build.erase(name);  // they do not change the object
  build.erase("header_packs");
  if (!request.header_packs.empty())  // written above with the names in the packs, not with paths
    for (const char* name : {"cxxflags", "cxxflags_debug", "cxxflags_opt", "include_dirs"}) build.erase(name);
  build.erase("target_triple");  // resolved above
  build["libs"] = request.libs;
  build["lib_dirs"] = request.lib_dirs;
  build["rpath_dirs"] = request.rpath_dirs;
  text += "build " + signatures::canonicalize_params_for_hashing(build) + "\n";
  return text;
}

void open_packs(const BuildParams& build, Request& request) {
  std::vector<std::string> packs = build.header_packs;
  if (is_foreign(request)) std::erase(packs, default_header_pack);  // the default pack is for this kind of machine
  for (const std::string& pack : packs)
    if (pack != default_header_pack && !pack.starts_with('/')) request.is_relative = true;
  request.header_packs = open_header_packs(packs);
  request.machine_headers = std::ranges::find(packs, default_header_pack) != packs.end();
}

// Fills in the key, when everything else of the request is known.
void finish(Request& request, const std::string& shared, const Params& params) {
  request.build = blake3(shared);
  request.text = "dijitso request\nsignature " + request.signature + "\n" + shared + "generator " +
                 signatures::canonicalize_params_for_hashing(params.generator) + "\n";
  request.digest = blake3(request.text);
}

// The flags of a command, with packed directories in the place of those that this machine does not have. Others stay as
// they are, because objects and messages name them.
std::vector<std::string> with_packed_directories(const std::vector<std::string>& flags, const HeaderPacks& packs) {
  constexpr std::array<std::string_view, 4> options = {"-I", "-isystem", "-iquote", "-idirafter"};
  std::vector<std::string> all;
  for (std::size_t i = 0; i < flags.size(); ++i) {
    const auto* const option =
        std::ranges::find_if(options, [&](std::string_view one) { return flags[i].starts_with(one); });
    const bool is_in_next = option != options.end() && flags[i] == *option && i + 1 < flags.size();
    const std::string directory = option == options.end() ? ""
                                  : is_in_next            ? flags[i + 1]
                                                          : flags[i].substr(option->size());
    std::error_code ignored;
    const std::vector<std::string> names = directory.empty() || std::filesystem::exists(directory, ignored)
                                               ? std::vector<std::string>()
                                               : packed_names(packs, directory);
    for (const std::string& name : names) all.push_back(std::string(*option) + name);
    if (names.empty())
      all.push_back(flags[i]);
    else if (is_in_next)
      ++i;
  }
  return all;
}

// A part of a signature: what cannot be in one becomes "_".
std::string signature_part(const std::string& file) {
  std::string name = std::filesystem::path(file).stem().string().substr(0, 100);
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  return name.empty() ? "file" : name;
}

}  // namespace

bool is_foreign(const Request& request) { return request.target_triple != llvm_config::host_triple(); }

bool is_foreign(const std::string& request_text) {
  const std::string target = target_of(request_text);
  return !target.empty() && target != llvm_config::triple_without_vendor(llvm_config::host_triple());
}

std::string target_of(const std::string& request_text) {
  constexpr std::string_view before = "\ntarget ";
  const std::size_t at = request_text.find(before);
  if (at == request_text.npos) return "";
  const std::size_t begin = at + before.size();
  return request_text.substr(begin, request_text.find('\n', begin) - begin);
}

Request make_request(const std::string& signature, const Params& params) {
  cache::check_signature(signature);
  Request request;
  request.signature = signature;
  const BuildParams& build = params.build;
  request.is_c = build.language == "c" || (build.language == "auto" && params.cache.src_postfix == ".c");

  request.target_triple = llvm_config::resolve_triple(build.target_triple);
  open_packs(build, request);
  for (const std::string& lib : build.libs)
    request.libs.push_back(lib.find('/') == lib.npos ? lib : absolute(lib, request));
  for (const std::string& dir : build.lib_dirs) request.lib_dirs.push_back(absolute(dir, request));
  for (const std::string& dir : build.rpath_dirs) request.rpath_dirs.push_back(absolute_runtime_dir(dir, request));
  // What the caller says comes after the flags of packages, and so is stronger; its libraries and directories come
  // first.
  const PackageFlags packages = package_flags(build, request);
  std::vector<std::string> first = packages.compile;
  if (build.lenient) first.insert(first.end(), lenient_flags.begin(), lenient_flags.end());
  if (build.openmp) first.emplace_back("-fopenmp");
  const std::string target_cpu =
      resolve_flags({first, build.cxxflags, build.debug ? build.cxxflags_debug : build.cxxflags_opt, packages.link},
                    build.target_cpu, request);
  if (build.debug && !says_what_debug_info(request.arguments)) request.arguments.emplace_back("-g");
  settle_standard(request.is_c, request.arguments);
  llvm_config::Target target = llvm_config::resolve_target(target_cpu, request.target_triple);
  request.target_cpu = std::move(target.cpu);
  request.target_features = std::move(target.features);
  for (const std::vector<std::string>* dirs : {&build.include_dirs, &packages.include_dirs})
    for (const std::string& dir : *dirs)
      for (std::string& one : directories(dir, request)) request.include_dirs.push_back(std::move(one));

  finish(request, build_text(request, compiler_environment(request), params), params);
  return request;
}

std::vector<Request> make_file_requests(const compilation::CommandSource& file, const std::string& text,
                                        const std::vector<std::string>& flags, const Params& params) {
  Request request;
  request.command = file;
  request.is_c = file.language == "c" || file.language == "cpp-output";
  request.target_triple = llvm_config::host_triple();
  request.is_relative = true;
  open_packs(params.build, request);
  request.arguments = with_packed_directories(flags, request.header_packs);
  const bool is_native = std::ranges::any_of(flags, [](const std::string& flag) { return flag.ends_with("=native"); });
  llvm_config::Target target = llvm_config::resolve_target(is_native ? "native" : "baseline");
  request.target_cpu = std::move(target.cpu);
  request.target_features = std::move(target.features);
  const std::vector<std::string> environment = compiler_environment(request);
  request.directory = params::absolute_path(".");
  std::vector<Request> requests;
  const auto add = [&](const PortableFlags& portable) {
    Request& one = requests.emplace_back(request);
    const std::string shared = build_text(one, environment, params, portable);
    one.signature = signature_part(file.name) + "_" + blake3(shared + text).hex().substr(0, 32);
    finish(one, shared, params);
  };
  if (const PortableFlags portable = flags_for_all_directories(request.arguments, request.directory)) add(portable);
  add({});
  return requests;
}

std::string build::request_text(const std::string& signature, const Params& params) {
  return make_request(signature, params).text;
}

}  // namespace dijitso
