// Static archives and object files in build.libs: the parts that a module needs are linked into its object.
//
// So the object is the same for every loader, and a process that receives the module needs no archive. Archives are
// recorded with the digests of their contents, so a changed archive is noticed like a changed header. Tested in
// tests/export/static_libraries_test.cpp.
#pragma once

#include "compile/compiler.h"
#include "jit/request/key.h"

#include <string>
#include <vector>

namespace dijitso {

struct StaticLibraries {
  std::vector<std::string> files;   // archives and objects, in the order of build.libs
  std::vector<std::string> shared;  // all other names in build.libs
};

StaticLibraries find_static_libraries(const Request& request);

// Links the object of `result` with the files, and adds these to the files that were read. LinkFailed names the file
// that cannot be read or used.
void link_static_libraries(const std::vector<std::string>& files, const std::string& signature,
                           compilation::CompileResult& result);

}  // namespace dijitso
