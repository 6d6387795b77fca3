// Finds a library by the name that a linker's -l option would use. Reads directories and linker scripts; opens no
// library. Tested in unittests/orc/library_search_test.cpp.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace dijitso::orc {

// Returns `lib_dirs`, the directories of LD_LIBRARY_PATH, then those of the system.
std::vector<std::string> library_dirs(const std::vector<std::string>& lib_dirs);

struct LibraryFile {
  std::string path;
  bool as_needed = false;  // from a linker script: no error if it cannot be opened
};

// The files that make up library `name`, to be searched in order; none when it was not found.
//   a name with '/'             that file
//   a name with .so in its end  that file in the first directory that has it
//   any other                   lib<name>.so in the first directory that has it; else lib<name>.so.<highest version>
// A linker script is replaced by what it names; static archives in it are left out, for they cannot be opened.
std::vector<LibraryFile> find_library(const std::string& name, const std::vector<std::string>& dirs);

// The directory of this library if a bundle has library `name` there, which `find_library` searches last; else empty.
std::string bundled_library_dir(const std::string& name);

// The static archive or bare object that library `name` means; nullopt when it means something else, or nothing.
//   a name that ends in .a or .o   that file: with '/' as it is, else in the first directory that has it
//   any other without '/'          lib<name>.a in the first of `lib_dirs`, unless an earlier one, or the same, has
//                                  lib<name>.so; in the system's directories only when no shared library is found
std::optional<std::string> find_static_library(const std::string& name, const std::vector<std::string>& lib_dirs);

// Advice for a library that was not found, to end a sentence.
std::string remedy_for(const std::string& name);

}  // namespace dijitso::orc
