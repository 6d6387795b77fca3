// Relative paths are made absolute, because the current directory may be another one when the compiler runs. The
// libraries that flags name (-l, -L, -Wl,-rpath, -fopenmp, -fveclib=libmvec) are linked like those of build.libs. All
// other flags are passed to the compiler (lib/compile). Tested in unittests/jit/resolve_flags_test.cpp.

#include "jit/request/resolve_flags.h"

#include "jit/request/header_packs.h"
#include "params/paths.h"
#include "support/split.h"

#include <dijitso/error.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <utility>

namespace dijitso {
namespace {

enum class Meaning {
  directory,     // of headers
  header,        // searched in the current directory first, then like any other
  root,          // a directory that contains directories of headers or the toolchain
  in_root,       // a directory, relative to -isysroot when it begins with a slash
  prefix,        // a text before directories
  after_prefix,  // a directory, with that text before it if there is one
  library,
  library_dir,
  runtime_dir,
  linker_word
};

struct Option {
  std::string_view name;
  Meaning meaning;
  std::string_view short_name;  // of the same option; empty when `name` is the short one
};

// Options with a value. The value is the next word, or is joined to the name, after '=' if the name has two dashes.
constexpr std::array options = {
    Option{"-I", Meaning::directory, ""},
    Option{"-isystem", Meaning::directory, ""},
    Option{"-isystem-after", Meaning::directory, ""},
    Option{"-cxx-isystem", Meaning::directory, ""},
    Option{"-stdlib++-isystem", Meaning::directory, ""},
    Option{"-iquote", Meaning::directory, ""},
    Option{"-idirafter", Meaning::directory, ""},
    Option{"-include", Meaning::header, ""},
    Option{"-imacros", Meaning::header, ""},
    Option{"-iprefix", Meaning::prefix, ""},
    Option{"-iwithprefix", Meaning::after_prefix, ""},
    Option{"-iwithprefixbefore", Meaning::after_prefix, ""},
    Option{"-iwithsysroot", Meaning::in_root, ""},
    Option{"-isysroot", Meaning::root, ""},
    Option{"-resource-dir", Meaning::root, ""},
    Option{"-resource-dir=", Meaning::root, ""},
    Option{"-L", Meaning::library_dir, ""},
    Option{"-l", Meaning::library, ""},
    Option{"-rpath", Meaning::runtime_dir, ""},
    Option{"-Xlinker", Meaning::linker_word, ""},
    Option{"--embed-dir", Meaning::root, ""},
    Option{"--sysroot", Meaning::root, ""},
    Option{"--gcc-toolchain", Meaning::root, ""},
    Option{"--gcc-install-dir", Meaning::root, ""},
    Option{"--include", Meaning::header, "-include"},
    Option{"--imacros", Meaning::header, "-imacros"},
    Option{"--include-directory", Meaning::directory, "-I"},
    Option{"--include-directory-after", Meaning::directory, "-idirafter"},
    Option{"--include-prefix", Meaning::prefix, "-iprefix"},
    Option{"--include-with-prefix", Meaning::after_prefix, "-iwithprefix"},
    Option{"--include-with-prefix-after", Meaning::after_prefix, "-iwithprefix"},
    Option{"--include-with-prefix-before", Meaning::after_prefix, "-iwithprefixbefore"},
    Option{"--library-directory", Meaning::library_dir, "-L"},
    Option{"--for-linker", Meaning::linker_word, "-Xlinker"},
};

// Marks the request as relative when a path is.
void note_place(const std::string& path, Request& request) {
  if (!path.starts_with('/')) request.is_relative = true;
}

// A file of -include is searched in the current directory first, then like any header, so only one that is found there
// is made absolute.
std::string absolute_header(const std::string& path, Request& request) {
  note_place(path, request);
  if (std::error_code ignored; !std::filesystem::exists(path, ignored)) return path;
  return absolute(path, request);
}

// The processor that a flag selects. On x86 -mcpu only tunes, and the compiler refuses it.
std::optional<std::string> cpu_of(const std::string& flag, const Request& request) {
  const bool is_x86 = request.target_triple.starts_with("x86_64");
  if (flag.starts_with("-march=") || (!is_x86 && flag.starts_with("-mcpu="))) return flag.substr(flag.find('=') + 1);
  return std::nullopt;
}

void add_new(std::vector<std::string>& list, std::string value) {
  if (std::ranges::find(list, value) == list.end()) list.push_back(std::move(value));
}

// Whether the flag is this option, alone or with its value.
bool is_option(const Option& option, const std::string& flag) {
  if (!flag.starts_with(option.name)) return false;
  const std::string_view rest = std::string_view(flag).substr(option.name.size());
  if (rest.empty()) return true;
  if (option.name.starts_with("--")) return rest.starts_with('=');
  if (option.name == "-rpath" || option.name == "-Xlinker" || option.name == "-resource-dir") return false;
  if (flag == "-load") return false;                           // the compiler refuses it
  return option.name != "-include" || !rest.starts_with('-');  // -include-pch
}

class Resolver {
 public:
  Resolver(std::string cpu, Request& request) : cpu_(std::move(cpu)), request_(request) {}

  void take(const std::vector<std::string>& flags) {
    const Option* waiting = nullptr;
    for (const std::string& flag : flags) {
      if (waiting) {
        take_value(*std::exchange(waiting, nullptr), flag, /*is_joined=*/false);
        continue;
      }
      const Option* found = nullptr;
      for (const Option& option : options)  // -isystem-after is not -isystem
        if (is_option(option, flag) && (!found || option.name.size() > found->name.size())) found = &option;
      if (!found)
        take_plain(flag);
      else if (flag == found->name && !flag.ends_with('='))
        waiting = found;
      else
        take_value(*found, flag.substr(found->name.size() + found->name.starts_with("--")), /*is_joined=*/true);
    }
    if (waiting)  // otherwise it would take a flag that dijitso adds
      throw InvalidArgument("compiler flag '" + std::string(waiting->name) + "' needs a value");
  }

  std::string finish() {
    take_linker_words();
    if (!openmp_.empty()) add_new(request_.libs, openmp_);
    if (has_vector_library_) add_new(request_.libs, "mvec");
    return std::move(cpu_);
  }

 private:
  void take_value(const Option& option, const std::string& value, bool is_joined) {
    switch (option.meaning) {
      case Meaning::library:
        return add_library(value);
      case Meaning::library_dir:
        return add_new(request_.lib_dirs, absolute(value, request_));
      case Meaning::runtime_dir:
        return add_runtime_dirs(value);
      case Meaning::linker_word:
        linker_words_.push_back(value);
        return;
      default:
        break;
    }
    std::string name(option.short_name.empty() ? option.name : option.short_name);
    if (option.meaning == Meaning::in_root && !value.starts_with('/')) name = "-isystem";
    for (const std::string& path : paths(option.meaning, value)) {
      if (name.starts_with("--")) {
        request_.arguments.push_back(name + "=" + path);
      } else if (is_joined) {
        request_.arguments.push_back(name + path);
      } else {
        request_.arguments.push_back(name);
        request_.arguments.push_back(path);
      }
    }
  }

  // The paths of a value as they are passed to the compiler.
  std::vector<std::string> paths(Meaning meaning, const std::string& value) {
    if (meaning == Meaning::header) return {absolute_header(value, request_)};
    if (meaning == Meaning::root) return {value.empty() ? value : absolute(value, request_)};
    if (meaning == Meaning::in_root && value.starts_with('/')) return {value};
    if (meaning == Meaning::in_root) return directories(value, request_);
    if (meaning == Meaning::directory) return directories(value, request_);
    if (meaning == Meaning::after_prefix) return has_prefix_ ? std::vector{value} : directories(value, request_);
    has_prefix_ = true;  // a prefix: a slash at its end must stay
    if (value.starts_with('/')) return {value};
    return {absolute(".", request_) + "/" + value};
  }

  void take_plain(const std::string& flag) {
    if (std::optional<std::string> cpu = cpu_of(flag, request_)) {
      cpu_ = std::move(*cpu);
      return;
    }
    if (flag.starts_with("-Wl,"))
      for (const std::string_view word : split(std::string_view(flag).substr(4), ',')) linker_words_.emplace_back(word);
    if (flag == "-fopenmp" || flag == "-fno-openmp") openmp_ = flag == "-fopenmp" ? openmp_library : "";
    if (flag.starts_with("-fopenmp=lib")) openmp_ = flag.substr(flag.find("lib") + 3);
    if (flag.starts_with("-fveclib=")) has_vector_library_ = flag == "-fveclib=libmvec";
    request_.arguments.push_back(flag);
  }

  // Takes the words that name libraries; other words have no meaning for code that is linked in memory.
  void take_linker_words() {
    for (std::size_t i = 0; i < linker_words_.size(); ++i) {
      const std::string& word = linker_words_[i];
      const auto value_of = [&](std::size_t length) {
        if (word.size() > length) return word.substr(length);
        return i + 1 < linker_words_.size() ? linker_words_[++i] : std::string();
      };
      if (word == "-rpath" || word == "--rpath" || word.starts_with("-rpath=") || word.starts_with("--rpath="))
        add_runtime_dirs(value_of(word.find("rpath") + 6));
      else if (word.starts_with("-R"))
        add_runtime_dirs(value_of(2));
      else if (word.starts_with("-l"))
        add_library(value_of(2));
      else if (word.starts_with("-L"))
        add_new(request_.lib_dirs, absolute(value_of(2), request_));
    }
  }

  void add_library(const std::string& name) {
    const std::string file = name.starts_with(':') ? name.substr(1) : name;  // -l:libfoo.so.2
    if (file.empty()) throw InvalidArgument("compiler flag '-l' needs the name of a library");
    add_new(request_.libs, file);
  }

  void add_runtime_dirs(const std::string& dirs) {
    for (const std::string_view dir : split(dirs, ':'))
      if (!dir.empty()) add_new(request_.rpath_dirs, absolute_runtime_dir(std::string(dir), request_));
  }

  std::string cpu_;
  Request& request_;
  std::string openmp_;
  bool has_vector_library_ = false;
  bool has_prefix_ = false;
  std::vector<std::string> linker_words_;
};

}  // namespace

std::string absolute(const std::string& path, Request& request) {
  if (path.empty()) throw InvalidArgument("an empty name follows a compiler flag that takes a file or directory");
  note_place(path, request);
  return params::absolute_path(path);
}

std::vector<std::string> directories(const std::string& path, Request& request) {
  const std::string place = absolute(path, request);
  std::vector<std::string> packed = packed_names(request.header_packs, place);
  return packed.empty() ? std::vector{place} : packed;
}

std::string absolute_runtime_dir(const std::string& path, Request& request) {
  return path.starts_with('$') ? path : absolute(path, request);
}

std::string resolve_flags(const std::vector<std::vector<std::string>>& lists, std::string cpu, Request& request) {
  Resolver resolver(std::move(cpu), request);
  for (const std::vector<std::string>& flags : lists) resolver.take(flags);
  return resolver.finish();
}

}  // namespace dijitso
