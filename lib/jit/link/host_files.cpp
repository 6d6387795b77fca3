// Searches as the run-time linker does (orc/library_search.h). When that finds nothing, asks the dynamic loader, and
// returns the file that it opens. Tested in tests/export.

#include "jit/link/host_files.h"

#include "orc/library_search.h"
#include "support/elf_dynamic.h"
#include "support/file.h"
#include "support/library_file.h"

#include <dijitso/error.h>

#include <algorithm>
#include <filesystem>

namespace dijitso {
namespace {

namespace fs = std::filesystem;

// True also for a file that is not a library: the linker reports that.
bool has_soname(const std::string& path) {
  try {
    const std::optional<ElfDynamic> dynamic = read_elf_dynamic(path);
    return !dynamic || !dynamic->soname.empty();
  } catch (const FileError&) {
    return true;
  }
}

}  // namespace

HostFiles find_host_files(const std::string& signature, const std::vector<std::string>& libs,
                          const std::vector<std::string>& lib_dirs) {
  HostFiles host;
  const std::vector<std::string> dirs = orc::library_dirs(lib_dirs);
  for (const std::string& name : libs) {
    std::vector<orc::LibraryFile> found = orc::find_library(name, dirs);
    if (found.empty()) {
      const bool is_file_name = name.find(".so") != name.npos;
      if (std::string file = file_of_library(is_file_name ? name : "lib" + name + ".so"); !file.empty())
        found.push_back({std::move(file)});
    }
    if (found.empty()) {
      std::string searched;
      for (const std::string& dir : dirs) searched += (searched.empty() ? "" : ", ") + dir;
      throw LinkFailed("module '" + signature + "' names the library '" + name + "', which was not found in " +
                       searched + ": " + orc::remedy_for(name));
    }
    for (orc::LibraryFile& file : found) {
      const std::string dir = fs::path(file.path).parent_path().string();
      // The dynamic loader does not search these.
      const bool is_given = name.find('/') != name.npos || std::ranges::find(lib_dirs, dir) != lib_dirs.end() ||
                            (dir == orc::bundled_library_dir(name) && std::ranges::find(dirs, dir) == dirs.end());
      if (is_given && std::find(host.dirs.begin(), host.dirs.end(), dir) == host.dirs.end()) host.dirs.push_back(dir);
      const bool is_named = has_soname(file.path);
      host.files.push_back({std::move(file.path), {}, is_named});
    }
  }
  return host;
}

}  // namespace dijitso
