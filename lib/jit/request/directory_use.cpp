// Without debug information the current directory only decides which files relative names mean, and these are checked
// when an entry is looked up. Debug information has it in DW_AT_comp_dir, unless a flag puts something else there: a
// fixed text, or for -fdebug-prefix-map=OLD=NEW the text NEW with what follows OLD in the directory. Tested in
// unittests/jit/directory_use_test.cpp and tests/cc/directories_test.py.

#include "jit/request/directory_use.h"

#include <algorithm>
#include <array>

namespace dijitso {
namespace {

struct PrefixMap {
  std::string_view flag, old_prefix, new_prefix;
};

std::optional<PrefixMap> prefix_map(std::string_view flag) {
  for (const std::string_view name : {"-fdebug-prefix-map=", "-ffile-prefix-map=", "-fmacro-prefix-map="}) {
    if (!flag.starts_with(name)) continue;
    const std::string_view value = flag.substr(name.size());
    const std::size_t equals = value.find('=');
    if (equals != value.npos) return PrefixMap{name, value.substr(0, equals), value.substr(equals + 1)};
  }
  return std::nullopt;
}

bool is_below(std::string_view path, std::string_view directory) {
  return directory.starts_with('/') && path.starts_with(directory) &&
         (path.size() == directory.size() || path[directory.size()] == '/');
}

bool starts_with_any(std::string_view flag, auto prefixes) {
  return std::ranges::any_of(prefixes, [&](std::string_view prefix) { return flag.starts_with(prefix); });
}

bool asks_for_debug_information(std::string_view flag) {
  return flag != "-g0" && starts_with_any(flag, std::array{"-g", "--debug"});
}

// DW_AT_comp_dir is then a text in the flag.
bool sets_compilation_directory(std::string_view flag) {
  return starts_with_any(flag, std::array{"-fdebug-compilation-dir", "-ffile-compilation-dir="});
}

}  // namespace

std::optional<std::vector<std::string>> flags_for_all_directories(const std::vector<std::string>& flags,
                                                                  const std::string& directory) {
  std::vector<std::string> portable;
  bool has_debug_information = false;
  bool names_other_directory = false;
  for (const std::string& flag : flags) {
    has_debug_information |= asks_for_debug_information(flag);
    names_other_directory |= sets_compilation_directory(flag);
    const std::optional<PrefixMap> map = prefix_map(flag);
    if (map && is_below(directory, map->old_prefix)) {
      names_other_directory |= map->flag != "-fmacro-prefix-map=";
      portable.push_back(std::string(map->flag) + "<current directory without '" +
                         directory.substr(map->old_prefix.size()) + "'>=" + std::string(map->new_prefix));
    } else if (flag.find(directory) != flag.npos || flag == "-fdiagnostics-absolute-paths") {
      return std::nullopt;
    } else {
      portable.push_back(flag);
    }
  }
  if (has_debug_information && !names_other_directory) return std::nullopt;
  return portable;
}

std::vector<std::string_view> mapped_directories(const std::vector<std::string>& flags) {
  std::vector<std::string_view> directories;
  for (const std::string& flag : flags)
    if (const std::optional<PrefixMap> map = prefix_map(flag)) directories.push_back(map->old_prefix);
  return directories;
}

}  // namespace dijitso
