// Static archives and bare objects in build.libs: what a module needs of them becomes part of its object.
//
// So it is the same for every loader, and a process that receives the module needs no archive. The archive is among the
// files whose content is recorded: a changed one is noticed as a changed header is. Tested in
// tests/export/static_libraries_test.cpp.
#pragma once

#include "compile/compiler.h"
#include "jit/request/key.h"

#include <string>
#include <vector>

namespace dijitso {

struct StaticLibraries {
  std::vector<std::string> files;   // archives and objects, in the order of build.libs
  std::vector<std::string> shared;  // the names in build.libs that mean something else
};

StaticLibraries find_static_libraries(const Request& request);

// Links the object of `result` with the files, and adds them to the files that were read. LinkFailed with the file that
// cannot be read or used.
void link_static_libraries(const std::vector<std::string>& files, const std::string& signature,
                           compile::CompileResult& result);

}  // namespace dijitso
