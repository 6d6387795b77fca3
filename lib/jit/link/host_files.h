// The files of host libraries (build.libs), for shared libraries that are linked with them.
#pragma once

#include "export/shared_linker.h"

#include <string>
#include <vector>

namespace dijitso {

struct HostFiles {
  std::vector<exporter::LibraryInput> files;  // in the order of `libs`
  std::vector<std::string> dirs;              // of files found in `lib_dirs` or named with a path: the run path
};

// Throws LinkFailed with the searched directories when a library is not found.
HostFiles find_host_files(const std::string& signature, const std::vector<std::string>& libs,
                          const std::vector<std::string>& lib_dirs);

}  // namespace dijitso
