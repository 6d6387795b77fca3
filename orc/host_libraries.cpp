// Tested in unittests/orc/host_libraries_test.cpp.
#include "orc/host_libraries.h"

#include "orc/library_search.h"

#include <dijitso/error.h>
#include <dlfcn.h>

namespace dijitso::orc {

namespace {

std::string not_found(const std::string& name, const std::vector<std::string>& dirs, const std::string& what) {
  std::string text = what + " '" + name + "', which was not found in ";
  for (const auto& dir : dirs) text += (&dir == &dirs.front() ? "" : ", ") + dir;
  return text + " nor by the dynamic loader: " + remedy_for(name);
}

// Two OpenMP libraries in one process would end it. The one that is already loaded may be anywhere, for example in a
// Python package.
void* loaded_openmp() {
  for (const char* name : {"libomp.so.5", "libomp.so", "libiomp5.so"})
    if (void* handle = dlopen(name, RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD)) return handle;
  return nullptr;
}

std::vector<void*> open_all(const std::string& name, const std::vector<std::string>& dirs, const std::string& what) {
  std::vector<void*> handles;
  if (void* loaded = name == "omp" ? loaded_openmp() : nullptr) return {loaded};
  const auto files = find_library(name, dirs);
  for (const auto& file : files) {
    void* handle = dlopen(file.path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle) {
      handles.push_back(handle);
    } else if (!file.as_needed) {
      const char* reason = dlerror();
      throw LinkFailed(what + " '" + name + "', which cannot be opened: " + (reason ? reason : file.path));
    }
  }
  if (!files.empty()) return handles;
  // The dynamic loader also searches its cache and the program's run path, which a linker does not know.
  const bool file_name = name.find(".so") != name.npos;
  void* handle = dlopen((file_name ? name : "lib" + name + ".so").c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle) throw LinkFailed(not_found(name, dirs, what));
  return {handle};
}

}  // namespace

void* HostLibrary::find(const std::string& symbol) const {
  for (void* handle : handles_) {
    if (void* address = dlsym(handle, symbol.c_str())) return address;
  }
  return nullptr;
}

HostLibrary process_library() {
  std::vector<void*> handles;
  for (const char* name :
       {static_cast<const char*>(nullptr), "libstdc++.so.6", "libgcc_s.so.1", "libm.so.6", "libc.so.6"}) {
    if (void* handle = dlopen(name, RTLD_NOW | RTLD_LOCAL)) handles.push_back(handle);
  }
  return HostLibrary(std::move(handles));
}

const HostLibrary& HostLibraries::open(const std::string& name, const std::vector<std::string>& lib_dirs,
                                       const std::string& what) {
  const auto dirs = library_dirs(lib_dirs);
  std::vector<std::string> key = dirs;
  key.push_back(name);
  {
    const Lock lock(mutex_);
    const auto known = libraries_.find(key);
    if (known != libraries_.end()) return *known->second;
  }
  auto opened = std::make_unique<HostLibrary>(open_all(name, dirs, what));
  const Lock lock(mutex_);
  return *libraries_.try_emplace(std::move(key), std::move(opened)).first->second;
}

}  // namespace dijitso::orc
