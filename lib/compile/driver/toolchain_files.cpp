// A module reads hundreds of headers, most of them of the C++ library. These change only with the toolchain, and
// checking each of them at every lookup would cost more than linking. The toolchain consists of the folders that the
// driver itself adds for Clang and the C++ library, and of subfolders with internals of the C library. /usr/include as
// a whole is not part of it, because Boost and others are there. Folders that the driver adds because of a flag
// (--sysroot=, -stdlib++-isystem, -resource-dir) are not part of it either, because they may change at any time
// (arguments.cpp makes the list without flags). Tested in unittests/compile/toolchain_files_test.cpp.

#include "compile/driver/toolchain_files.h"

#include "llvm-config/host.h"

#include <algorithm>
#include <filesystem>

namespace dijitso::compilation {
namespace {

// Every header of libstdc++ or libc++ includes the header with the library's version. Watching that header detects when
// the C++ library is replaced, which the key does not include.
bool names_release(const std::string& path) {
  return path.ends_with("/bits/c++config.h") || path.ends_with("/__config");
}

// Whether the file exists in memory only: files of modules, and files in packs, whose digests are in the key.
bool is_in_memory(const std::string& path) {
  return path.starts_with(std::string(module_dir) + "/") || path.starts_with(std::string(packed_headers_dir) + "/");
}

// On the machine for which the code is made, these headers are in other places or do not exist.
bool is_for_another_machine(const std::vector<std::string>& arguments) {
  const auto option = std::ranges::find(arguments, "-triple");
  return option != arguments.end() && option + 1 != arguments.end() && option[1] != llvm_config::host_triple();
}

// After a symbolic link, ".." may lead to another directory than the names suggest. Only then it is kept.
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

std::string path_in(const std::string& directory, const std::string& name) {
  return directory.empty() || name.starts_with('/') ? name : directory + "/" + name;
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

}  // namespace dijitso::compilation
