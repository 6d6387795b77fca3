// The table of parameters. The type of a parameter is deduced from its member. Tested in
// unittests/params/table_test.cpp.
#include "params/table.h"

#include "params/paths.h"
#include "support/fork.h"

#include <algorithm>
#include <cctype>
#include <type_traits>
#include <utility>

namespace dijitso::params {
namespace {

template <class T>
constexpr Type type_of() {
  if constexpr (std::is_same_v<T, bool>) return Type::boolean;
  if constexpr (std::is_same_v<T, std::int64_t>) return Type::integer;
  if constexpr (std::is_same_v<T, std::string>) return Type::text;
  if constexpr (std::is_same_v<T, std::optional<std::string>>) return Type::optional_text;
  if constexpr (std::is_same_v<T, std::vector<std::string>>) return Type::list;
}

// The variable of cache_dir is DIJITSO_CACHE_DIR; DIJITSO_CACHE_CACHE_DIR works too (see layers.cpp).
std::string variable_of(std::string_view category, std::string_view name) {
  if (name == "cache_dir") return "DIJITSO_CACHE_DIR";
  std::string variable = "DIJITSO_" + std::string(category) + '_' + std::string(name);
  std::transform(variable.begin(), variable.end(), variable.begin(), [](unsigned char c) { return std::toupper(c); });
  return variable;
}

struct More {
  Rule rule = Rule::any;
  std::vector<std::string_view> allowed = {};
  std::string (*find_out)() = nullptr;
  std::int64_t maximum = 0;
  bool documented = true;
  bool hashed_if_set = false;
};

template <class Owner, class T>
Parameter row(std::string_view name, T Owner::* member, Value fallback, std::string_view documentation,
              More more = {}) {
  const std::string_view category = std::is_same_v<Owner, CacheParams> ? "cache" : "build";
  return {category,
          name,
          documentation,
          variable_of(category, name),
          type_of<T>(),
          member,
          std::move(fallback),
          more.find_out,
          more.rule,
          std::move(more.allowed),
          more.maximum,
          more.documented,
          more.hashed_if_set};
}

const More directory{.rule = Rule::directory};
const More name_part{.rule = Rule::name_part};

void add_cache_parameters(std::vector<Parameter>& rows) {
  using C = CacheParams;
  rows.push_back(
      row("cache_dir", &C::cache_dir, {},
          "The cache directory: by default .cache/dijitso in the active virtual environment or the home directory.",
          {.rule = Rule::directory, .find_out = default_cache_dir}));
  rows.push_back(row("inc_dir", &C::inc_dir, "include", "Directory of the generated headers in the cache.", directory));
  rows.push_back(row("src_dir", &C::src_dir, "src", "Directory of the generated sources in the cache.", directory));
  rows.push_back(row("lib_dir", &C::lib_dir, "lib", "Directory of the shared libraries in the cache.", directory));
  rows.push_back(row("fail_dir_root", &C::fail_dir_root, {},
                     "Where the files of a failed build are put: by default the current directory.", directory));
  rows.push_back(row("temp_dir_root", &C::temp_dir_root, {},
                     "Where temporary directories are made: by default the system's place for them.", directory));
  rows.push_back(row("comm_dir", &C::comm_dir, "comm",
                     "Directory in the cache for files through which processes find each other.", directory));
  rows.push_back(row("log_dir", &C::log_dir, "log", "Directory of the build logs in the cache.", directory));
  rows.push_back(row("enable_build_log", &C::enable_build_log, true, "Whether a log of each build is kept."));
  rows.push_back(row("src_storage", &C::src_storage, "compress", "What happens to a source after its build.",
                     {.allowed = {"keep", "delete", "compress"}}));
  rows.push_back(row("src_postfix", &C::src_postfix, ".cpp", "End of the names of source files.", name_part));
  rows.push_back(row("log_postfix", &C::log_postfix, ".txt", "End of the names of log files.", name_part));
  rows.push_back(row("inc_postfix", &C::inc_postfix, ".h", "End of the names of header files.", name_part));
  rows.push_back(row("lib_postfix", &C::lib_postfix, ".so", "End of the names of shared libraries.", name_part));
  rows.push_back(row("lib_prefix", &C::lib_prefix, "lib", "Beginning of the names of shared libraries.", name_part));
  rows.push_back(row("lib_basename", &C::lib_basename, "dijitso-",
                     "What stands between the prefix and the signature in the names of shared libraries.", name_part));
  rows.push_back(row("lib_loader", &C::lib_loader, "orc", "How compiled code is loaded into the process.",
                     {.allowed = {"orc", "ctypes", "dlopen", "import"}}));
  rows.push_back(row("obj_dir", &C::obj_dir, "obj", "Directory of the compiled objects in the cache.",
                     {.rule = Rule::directory, .documented = false}));
  rows.push_back(row("readonly_dirs", &C::readonly_dirs, std::vector<std::string>{},
                     "Further cache directories, searched after cache_dir and never written.",
                     {.rule = Rule::directory, .documented = false}));
  rows.push_back(row("shared_group", &C::shared_group, false,
                     "Whether a cache directory that its group may write is accepted.", {.documented = false}));
  rows.push_back(row("claim_timeout", &C::claim_timeout, 60,
                     "Seconds to wait for another process that builds the same module.",
                     {.maximum = 24 * 60 * 60, .documented = false}));
  rows.push_back(row("use_disk", &C::use_disk, true,
                     "Whether cache directories are read and written; false keeps everything in memory.",
                     {.documented = false}));
}

void add_build_parameters(std::vector<Parameter>& rows) {
  using B = BuildParams;
  const std::vector<std::string> none;
  rows.push_back(row("cxx", &B::cxx, {}, "The compiler that recompile.sh and the build log name; it is never started.",
                     {.find_out = default_cxx_compiler}));
  rows.push_back(row("cxxflags", &B::cxxflags, default_cxx_flags(), "Compiler flags for every build."));
  rows.push_back(row("cxxflags_debug", &B::cxxflags_debug, default_cxx_debug_flags(),
                     "Further compiler flags when debug is true."));
  rows.push_back(row("cxxflags_opt", &B::cxxflags_opt, default_cxx_release_flags(),
                     "Further compiler flags when debug is false."));
  rows.push_back(row("include_dirs", &B::include_dirs, none, "Directories that are searched for headers.", directory));
  rows.push_back(row("lib_dirs", &B::lib_dirs, none, "Directories that are searched for libraries.", directory));
  rows.push_back(row("rpath_dirs", &B::rpath_dirs, none,
                     "Directories that a shared library searches for the libraries it needs.", directory));
  rows.push_back(row("libs", &B::libs, none, "Libraries that the code needs, as in -l<name>.", {.rule = Rule::word}));
  rows.push_back(row("debug", &B::debug, false, "Whether to compile for debugging."));
  rows.push_back(row("language", &B::language, "auto",
                     "The language: auto takes C when cache.src_postfix is \".c\", else C++.",
                     {.allowed = {"auto", "c", "c++"}, .documented = false}));
  rows.push_back(row("target_cpu", &B::target_cpu, "baseline",
                     "The processor to compile for: baseline, native, or a name such as haswell; further features may "
                     "follow, as in baseline,+avx2,+fma.",
                     {.rule = Rule::word, .documented = false}));
  rows.push_back(
      row("target_triple", &B::target_triple, "",
          "The kind of machine to compile for, such as aarch64-linux-gnu; by default this one. Code for another "
          "kind is put into the cache, and cannot be called here.",
          {.documented = false}));
  rows.push_back(row("pch", &B::pch, "auto", "Precompiled headers: auto makes and uses them, off does neither.",
                     {.allowed = {"auto", "off"}, .documented = false}));
  rows.push_back(row("header_packs", &B::header_packs, std::vector<std::string>{"default"},
                     "Packs of headers, searched in this order; default is the one that was installed with dijitso, if "
                     "there is one. None: the headers of this machine.",
                     {.rule = Rule::directory, .documented = false}));
  rows.push_back(
      row("jobs", &B::jobs, 0,
          "How many modules are compiled at the same time; 0 is the number of cores that this process may use.",
          {.maximum = 1024, .documented = false}));
  rows.push_back(
      row("tier", &B::tier, "full",
          "Which code jit returns: full waits for optimised code, auto returns quick code and replaces it by "
          "optimised code meanwhile, quick never optimises and keeps nothing in the cache.",
          {.allowed = {"full", "auto", "quick"}, .documented = false}));
  rows.push_back(row("compile_timeout", &B::compile_timeout, 0,
                     "Seconds after which a compile fails, at the next place where it can be stopped; 0 is no limit.",
                     {.maximum = 24 * 60 * 60, .documented = false}));
  rows.push_back(row("compile_memory", &B::compile_memory, 0,
                     "Megabytes by which the process may grow during a compile, about, before that fails; 0 is no "
                     "limit.",
                     {.maximum = 1 << 30, .documented = false}));
  rows.push_back(
      row("packages", &B::packages, none,
          "Packages of pkg-config that the code uses, such as eigen3 or fftw3; a condition may follow, as in "
          "\"fftw3 >= 3.3\".",
          {.rule = Rule::word, .documented = false, .hashed_if_set = true}));
  rows.push_back(row("mpi", &B::mpi, false, "Whether the code uses MPI: what mpicc adds is found without it.",
                     {.documented = false, .hashed_if_set = true}));
  rows.push_back(row("openmp", &B::openmp, false, "Whether the code uses OpenMP, with LLVM's library.",
                     {.documented = false, .hashed_if_set = true}));
  rows.push_back(row("lenient", &B::lenient, false,
                     "Whether errors that gcc 12 does not have, or has as warnings, are warnings.",
                     {.documented = false, .hashed_if_set = true}));
}

// Returns a reference to the member of `params`, which may be constant.
template <class P, class T>
auto& part(P& params, T CacheParams::* member) {
  return params.cache.*member;
}
template <class P, class T>
auto& part(P& params, T BuildParams::* member) {
  return params.build.*member;
}

}  // namespace

const std::vector<Parameter>& parameters() {
  static constinit forking::Once<const std::vector<Parameter>> table;
  return table.get([] {
    std::vector<Parameter> rows;
    add_cache_parameters(rows);
    add_build_parameters(rows);
    return rows;
  });
}

const Parameter* find_parameter(std::string_view category, std::string_view name) {
  for (const auto& parameter : parameters()) {
    if (parameter.name == name && parameter.category == category) return &parameter;
  }
  return nullptr;
}

std::string_view type_name(Type type) {
  switch (type) {
    case Type::boolean:
      return "boolean";
    case Type::integer:
      return "integer";
    case Type::text:
      return "text";
    case Type::optional_text:
      return "text or None";
    case Type::list:
      return "list of texts";
  }
  return "";
}

void set_member(Params& params, const Parameter& parameter, const Value& value) {
  std::visit(
      [&](auto member) {
        auto& target = part(params, member);
        using T = std::remove_reference_t<decltype(target)>;
        if constexpr (std::is_same_v<T, std::optional<std::string>>) {
          const auto* text = std::get_if<std::string>(&value);
          target = text ? std::optional(*text) : std::nullopt;
        } else {
          target = std::get<T>(value);
        }
      },
      parameter.member);
}

Value get_member(const Params& params, const Parameter& parameter) {
  return std::visit(
      [&](auto member) -> Value {
        const auto& source = part(params, member);
        using T = std::remove_cvref_t<decltype(source)>;
        if constexpr (std::is_same_v<T, std::optional<std::string>>) {
          return source ? Value(*source) : Value();
        } else {
          return Value(source);
        }
      },
      parameter.member);
}

ParamDict hashed_build_params(const Params& params) {
  ParamDict dict = as_dict(params).at("build");
  std::erase_if(dict, [](const auto& item) {
    const Parameter& parameter = *find_parameter("build", item.first);
    return parameter.hashed_if_set && item.second == parameter.fallback;
  });
  return dict;
}

}  // namespace dijitso::params
