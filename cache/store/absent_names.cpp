// The nearest directory that exists holds the first name that is missing. A name that exists although the compiler did
// not find it either appeared later, or is a symbolic link that leads nowhere. When such a link becomes valid, its
// directory does not change, so these names are looked for at each lookup. Tested in
// unittests/cache/absent_names_test.cpp.
#include "cache/store/absent_names.h"

#include "cache/store/stamp.h"

#include <sys/stat.h>

#include <map>
#include <optional>
#include <set>
#include <string_view>

namespace dijitso::cache {
namespace {

bool exists(const std::string& path) {
  struct stat info;
  return ::stat(path.c_str(), &info) == 0;
}

bool is_link(const std::string& path) {
  struct stat info;
  return ::lstat(path.c_str(), &info) == 0 && S_ISLNK(info.st_mode);
}

constexpr std::string_view current_directory = ".";

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == path.npos) return std::string(current_directory);
  return slash == 0 ? "/" : path.substr(0, slash);
}

struct Directory {
  std::optional<AbsentNames> stamp;
  std::set<std::string> names;
};

}  // namespace

std::string path_of(const AbsentNames& absent, const std::string& name) {
  if (absent.directory == current_directory) return name;
  return absent.directory == "/" ? "/" + name : absent.directory + "/" + name;
}

std::vector<AbsentNames> describe_absent(const std::vector<std::string>& paths, std::int64_t began_ns) {
  std::map<std::string, Directory> directories;
  for (std::string path : paths) {
    for (bool is_whole = true; path != "/" && path != current_directory; is_whole = false) {
      const std::string parent = directory_of(path);
      const auto [directory, is_new] = directories.try_emplace(parent);
      if (is_new) directory->second.stamp = stamp_of_directory(parent);
      // A path below a regular file cannot exist, whatever else changes in the directory of that file.
      if (directory->second.stamp && (is_whole || !exists(path))) {
        directory->second.names.insert(path.substr(path.rfind('/') + 1));
        if (is_link(path)) directory->second.stamp->mtime_ns = 0;
      }
      if (directory->second.stamp) break;
      path = parent;
    }
  }
  std::vector<AbsentNames> all;
  for (auto& [path, directory] : directories) {
    directory.names.erase("");  // of a path that ends with a slash
    if (directory.names.empty()) continue;
    AbsentNames& absent = all.emplace_back(std::move(*directory.stamp));
    absent.names.assign(directory.names.begin(), directory.names.end());
    if (!is_settled(absent.mtime_ns, absent.inode, began_ns)) absent.mtime_ns = 0;
  }
  return all;
}

std::vector<std::string> appeared(const AbsentNames& absent) {
  const std::optional<AbsentNames> now = stamp_of_directory(absent.directory);
  if (!now || has_same_stamp(absent, *now)) return {};
  std::vector<std::string> paths;
  for (const std::string& name : absent.names)
    if (std::string path = path_of(absent, name); exists(path)) paths.push_back(std::move(path));
  return paths;
}

std::vector<std::string> paths_of(const std::vector<AbsentNames>& all) {
  std::vector<std::string> paths;
  for (const AbsentNames& absent : all)
    for (const std::string& name : absent.names) paths.push_back(path_of(absent, name));
  return paths;
}

}  // namespace dijitso::cache
