// A module reads hundreds of headers, most of them of the C++ library. Those change only with the toolchain; checking
// each at every lookup would cost more than linking. What counts as toolchain: the folders that the driver itself adds
// for Clang and the C++ library, and in the C library's folders the subfolders with its internals. /usr/include as a
// whole does not: Boost and others live there. Nor do folders that the driver adds because of a flag (--sysroot=,
// -stdlib++-isystem, -resource-dir): nobody says that those do not change (arguments.cpp makes the list without
// flags). Tested in unittests/compile/toolchain_files_test.cpp.

#include "compile/toolchain_files.h"

#include "llvm-config/host.h"

#include <algorithm>
#include <filesystem>

namespace dijitso::compile {
namespace {

// Every header of libstdc++, or of libc++, includes the one that names its release: watching this one tells when the
// C++ library was replaced, which the key does not name.
bool names_release(const std::string& path) {
  return path.ends_with("/bits/c++config.h") || path.ends_with("/__config");
}

// What exists in memory only: files of modules, and those in packs, whose digests are in the key.
bool is_in_memory(const std::string& path) {
  return path.starts_with(std::string(module_dir) + "/") || path.starts_with(std::string(packed_headers_dir) + "/");
}

// On the machine that the code is for, the headers that were read here lie elsewhere, or nowhere.
bool is_for_another_machine(const std::vector<std::string>& arguments) {
  const auto option = std::ranges::find(arguments, "-triple");
  return option != arguments.end() && option + 1 != arguments.end() && option[1] != llvm_config::host_triple();
}

// Behind a symbolic link ".." is another directory than the names say; only then it stays.
std::string path_to_watch(const std::string& file, std::string normal) {
  const std::filesystem::path given = "/" / std::filesystem::path(file);
  std::error_code ignored;
  const bool differs = file.find("..") != file.npos && std::filesystem::exists(given, ignored) &&
                       !std::filesystem::equivalent(given, normal, ignored);
  return differs ? given.string() : normal;
}

}  // namespace

std::string normal_path(const std::string& path) {
  return ("/" / std::filesystem::path(path)).lexically_normal().string();
}

std::vector<std::string> toolchain_dirs(const std::vector<std::string>& arguments) {
  std::vector<std::string> dirs;
  for (std::size_t i = 0; i + 1 < arguments.size(); ++i) {
    const bool internal = arguments[i] == "-internal-isystem";
    const bool c_library = arguments[i] == "-internal-externc-isystem";
    if (!internal && !c_library) continue;
    const std::string dir = normal_path(arguments[i + 1]) + "/";
    if (internal && dir != "/usr/local/include/") dirs.push_back(dir);
    if (c_library)
      for (const char* part : {"bits/", "sys/", "gnu/", "asm/", "asm-generic/", "linux/"}) dirs.push_back(dir + part);
  }
  return dirs;
}

std::vector<std::string> outside_toolchain(llvm::ArrayRef<std::string> files, const Translation& translation) {
  const std::vector<std::string>& dirs = translation.toolchain_dirs;
  const bool watches_release = !is_for_another_machine(translation.arguments);
  std::vector<std::string> outside;
  for (const std::string& file : files) {
    const std::string path = normal_path(file);
    const auto contains = [&](const std::string& dir) { return path.starts_with(dir); };
    if (is_in_memory(path)) continue;
    if ((watches_release && names_release(path)) || std::none_of(dirs.begin(), dirs.end(), contains))
      outside.push_back(path_to_watch(file, path));
  }
  std::sort(outside.begin(), outside.end());
  outside.erase(std::unique(outside.begin(), outside.end()), outside.end());
  return outside;
}

}  // namespace dijitso::compile
