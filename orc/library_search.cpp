// Searches places in the order of a linker, and also works on machines without development packages: libfoo.so.3 is
// used as libfoo.so. Tested in unittests/orc/library_search_test.cpp.
#include "orc/library_search.h"

#include "llvm-config/host.h"
#include "orc/linker_script.h"
#include "support/directory.h"
#include "support/process.h"

#include <dlfcn.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <sstream>
#include <string_view>

namespace dijitso::orc {

namespace fs = std::filesystem;

namespace {

constexpr int script_depth = 4;  // how deeply linker scripts may name each other

// The directory of the C library. Libraries of this architecture are there in every layout (multiarch, lib64, lib).
std::string c_library_dir() {
  Dl_info info;
  if (dladdr(reinterpret_cast<void*>(&std::abort), &info) == 0 || !info.dli_fname) return "/lib";
  return fs::path(info.dli_fname).parent_path().lexically_normal();
}

void append_path_list(const char* list, std::vector<std::string>& dirs) {
  if (!list) return;
  std::istringstream parts(list);
  for (std::string dir; std::getline(parts, dir, ':');) {
    if (!dir.empty()) dirs.push_back(dir);
  }
}

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

// Parses "2.10" as {2, 10}; returns nullopt for anything else than numbers.
std::optional<std::vector<std::uint64_t>> version_numbers(const std::string& text) {
  std::vector<std::uint64_t> numbers;
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, '.');) {
    if (part.empty() || part.size() > 18 || part.find_first_not_of("0123456789") != part.npos) return std::nullopt;
    numbers.push_back(std::stoull(part));
  }
  return numbers;
}

// The system's directory has thousands of names, and a path for each takes milliseconds.
std::optional<fs::path> highest_version(const fs::path& dir, const std::string& file) {
  std::optional<fs::path> best;
  std::vector<std::uint64_t> best_numbers;
  const std::string prefix = file + ".";
  for_each_name(dir, [&](std::string_view name) {
    if (!name.starts_with(prefix) || !is_file(dir / name)) return;
    const auto numbers = version_numbers(std::string(name.substr(prefix.size())));
    if (!numbers || (best && *numbers <= best_numbers)) return;
    best = dir / name;
    best_numbers = *numbers;
  });
  return best;
}

std::optional<fs::path> locate(const std::string& name, const std::vector<std::string>& dirs) {
  if (name.find('/') != name.npos) return name;
  const bool file_name = name.ends_with(".so") || name.find(".so.") != name.npos;
  const auto file = file_name ? name : "lib" + name + ".so";
  for (const auto& dir : dirs) {
    if (is_file(fs::path(dir) / file)) return fs::path(dir) / file;
  }
  if (file_name) return std::nullopt;
  for (const auto& dir : dirs) {
    if (auto found = highest_version(dir, file)) return found;
  }
  return std::nullopt;
}

// Returns the text of a linker script, or nullopt for a file that can be opened directly.
std::optional<std::string> script_text(const fs::path& path) {
  constexpr std::size_t longest = 64 * 1024;
  if (!is_file(path)) return std::nullopt;
  const std::string text = read_small_file(path, longest);
  if (text.starts_with("\x7f"
                       "ELF") ||
      text.find('\0') != text.npos)
    return std::nullopt;
  return text;
}

void append_files(const std::string& name, const std::vector<std::string>& dirs, bool as_needed, int depth,
                  std::vector<LibraryFile>& files) {
  const auto path = locate(name, dirs);
  if (!path) return;
  const auto script = depth < script_depth ? script_text(*path) : std::nullopt;
  if (!script) {
    files.push_back({path->string(), as_needed});
    return;
  }
  for (const auto& entry : parse_linker_script(*script)) {
    if (entry.name.ends_with(".a")) continue;
    append_files(entry.name.starts_with("-l") ? entry.name.substr(2) : entry.name, dirs, as_needed || entry.as_needed,
                 depth + 1, files);
  }
}

}  // namespace

std::vector<std::string> library_dirs(const std::vector<std::string>& lib_dirs) {
  std::vector<std::string> dirs = lib_dirs;
  append_path_list(std::getenv("LD_LIBRARY_PATH"), dirs);
  auto system_dir = c_library_dir();
  if (system_dir.starts_with("/usr/")) system_dir.erase(0, 4);
  for (const auto& dir : {system_dir, "/usr" + system_dir, std::string("/lib64"), std::string("/usr/lib64"),
                          std::string("/lib"), std::string("/usr/lib"), std::string("/usr/local/lib")}) {
    if (std::find(dirs.begin(), dirs.end(), dir) == dirs.end()) dirs.push_back(dir);
  }
  return dirs;
}

std::vector<LibraryFile> find_library(const std::string& name, const std::vector<std::string>& dirs) {
  std::vector<LibraryFile> files;
  append_files(name, dirs, false, 0, files);
  const std::string own = bundled_library_dir(name);
  if (files.empty() && !own.empty()) append_files(name, {own}, false, 0, files);
  return files;
}

std::string bundled_library_dir(const std::string& name) {
  return name == "omp" ? llvm_config::own_directory().string() : "";
}

std::optional<std::string> find_static_library(const std::string& name, const std::vector<std::string>& lib_dirs) {
  const auto in_first = [](const std::vector<std::string>& dirs, const std::string& file) {
    const auto dir = std::ranges::find_if(dirs, [&](const std::string& one) { return is_file(fs::path(one) / file); });
    return dir == dirs.end() ? std::nullopt : std::optional((fs::path(*dir) / file).string());
  };
  const bool is_path = name.find('/') != name.npos;
  const auto dirs = library_dirs(lib_dirs);
  if (name.ends_with(".a") || name.ends_with(".o")) return is_path ? name : in_first(dirs, name);
  if (is_path) return std::nullopt;
  for (const auto& dir : lib_dirs) {
    if (is_file(fs::path(dir) / ("lib" + name + ".so"))) return std::nullopt;
    if (auto found = in_first({dir}, "lib" + name + ".a")) return found;
  }
  return locate(name, dirs) ? std::nullopt : in_first(dirs, "lib" + name + ".a");
}

std::string remedy_for(const std::string& name) {
  if (name == "omp")  // -fopenmp
    return "install LLVM's OpenMP library, libomp.so.5 (Debian: libomp-22-dev, or libomp5-14 and its like), or add its "
           "directory to lib_dirs; GCC's libgomp lacks the functions that Clang's code calls";
  return "add its directory to lib_dirs, or give its path";
}

}  // namespace dijitso::orc
