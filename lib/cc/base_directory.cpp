// CMake writes absolute paths of the source and of the directories of headers. They are in the key and in the object
// (__FILE__, messages, debug information), which is then for one place only. Outputs and rules for make are not in the
// key, and keep their names. Tested in unittests/cc/base_directory_test.cpp and tests/cc/base_directory_test.py.

#include "cc/base_directory.h"

#include "cc/option_table.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>

namespace dijitso::cc {
namespace {

constexpr std::array<std::string_view, 6> options_with_paths = {"-I",      "-include", "-imacros",
                                                                "-iquote", "-isystem", "-idirafter"};

std::string relative(const std::string& path, const std::string& base, const std::string& current) {
  const std::filesystem::path given(path);
  const bool is_below = path.starts_with(base.ends_with('/') ? base : base + "/");
  if (!is_below || std::ranges::find(given, "..") != given.end()) return path;
  return given.lexically_relative(current).string();
}

}  // namespace

void make_relative(CommandLine& line, const std::string& base, const std::string& current) {
  for (Input& input : line.inputs)
    if (input.is_for_compiler()) input.name = relative(input.name, base, current);
  std::vector<std::string>& flags = line.compile_flags;
  for (std::size_t i = 0; i < flags.size(); ++i) {
    const Option* const option = find_option(flags[i]);
    if (!option || option->form == Form::flag) continue;
    const bool has_path = std::ranges::find(options_with_paths, option->name) != options_with_paths.end();
    const bool is_in_next =
        option->form == Form::separate || (option->form == Form::either && flags[i] == option->name);
    if (is_in_next && ++i == flags.size()) return;
    const std::size_t begin = is_in_next ? 0 : option->name.size();
    if (has_path) flags[i].replace(begin, flags[i].npos, relative(flags[i].substr(begin), base, current));
  }
}

}  // namespace dijitso::cc
