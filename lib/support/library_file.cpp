// Tested in unittests/support/library_file_test.cpp.
#include "support/library_file.h"

#include "support/close_library.h"
#include "support/fork.h"

#include <dlfcn.h>
#include <link.h>

namespace dijitso {
namespace {

std::string file_of(const std::string& name, int flags) {
  const forking::Section section;
  void* handle = dlopen(name.c_str(), RTLD_LAZY | RTLD_LOCAL | flags);
  if (!handle) return {};
  link_map* map = nullptr;
  std::string file;
  if (dlinfo(handle, RTLD_DI_LINKMAP, &map) == 0) file = map->l_name;
  close_library(handle);
  return file;
}

}  // namespace

std::string file_of_library(const std::string& name) { return file_of(name, 0); }

std::string file_of_loaded_library(const std::string& name) { return file_of(name, RTLD_NOLOAD); }

}  // namespace dijitso
