// The start files of a link (crt1.o, crti.o, crtbegin.o, ...) come from the machine's C library and compiler. On a node
// that has only a bundle there are none. Objects of ours do their work there, but for static programs. Pure, except
// that it looks whether files are there. Tested in unittests/export/start_files_test.cpp.
#pragma once

#include <string>
#include <vector>

namespace dijitso::exporter {

// The start files in the linker arguments of Clang's driver that this machine does not have. The driver gives their
// paths, or only the name of one that it has not found.
std::vector<std::string> missing_start_files(const std::vector<std::string>& arguments);

// The arguments of the same link without start files and without the libraries that the driver adds
// at the end. `own` takes the place of the former, `libraries` that of the latter.
std::vector<std::string> without_start_files(const std::vector<std::string>& arguments,
                                             const std::vector<std::string>& own,
                                             const std::vector<std::string>& libraries);

}  // namespace dijitso::exporter
