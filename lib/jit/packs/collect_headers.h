// Finds the headers of directories, for a header pack.
#pragma once

#include "support/packs/header_pack_writer.h"

#include <string>
#include <vector>

namespace dijitso {

// All files in a directory and in the folders below it, except hidden ones. Symbolic links are followed, except those
// that point to nothing or form a cycle. With `parts`, only these files and folders in the directory. InvalidArgument
// for a part that does not exist; CacheError for a file that cannot be read, or when there are far too many.
std::vector<HeaderToPack> headers_in(const std::string& directory, const std::vector<std::string>& parts = {});

// The parts of a directory such as /usr/include that belong to the C library and the kernel. Single headers of other
// libraries are included, because they cannot be distinguished; folders of other libraries are not.
std::vector<std::string> c_library_parts(const std::string& directory);

// Splits "/usr/include:dolfin,boost". A directory whose name contains a colon is recognised as one.
struct ChosenDirectory {
  std::string path;                // absolute
  std::vector<std::string> parts;  // empty: all
};
ChosenDirectory chosen_directory(const std::string& text);

}  // namespace dijitso
