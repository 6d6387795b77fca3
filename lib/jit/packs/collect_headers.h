// Finds the headers of directories, to be packed.
#pragma once

#include "support/packs/header_pack_writer.h"

#include <string>
#include <vector>

namespace dijitso {

// Every file in a directory and those below it, but for hidden ones. Symbolic links are followed; those that lead
// nowhere, or back to where they come from, are left out. With `parts`, which are files and directories in it, only
// those. InvalidArgument for a part that is not there; CacheError for what cannot be read or is far too much.
std::vector<HeaderToPack> headers_in(const std::string& directory, const std::vector<std::string>& parts = {});

// The parts of a directory with headers of the C library, such as /usr/include, that belong to that library and the
// kernel. Single headers of other libraries come along, as nothing tells them apart; folders do not.
std::vector<std::string> c_library_parts(const std::string& directory);

// "/usr/include:dolfin,boost" taken apart. A directory whose name has a colon is one.
struct ChosenDirectory {
  std::string path;                // absolute
  std::vector<std::string> parts;  // empty: all
};
ChosenDirectory chosen_directory(const std::string& text);

}  // namespace dijitso
