// What shared libraries of the cache need, found by reading them (system::ldd). Tested in
// unittests/cache/api_libraries_test.cpp.
#include "cache/api/api.h"

#include <dijitso/system.h>

namespace dijitso::cache {

std::map<std::string, std::string> get_dijitso_dependencies(const std::string& libname, const CacheParams& params) {
  const Layout layout(params);
  std::map<std::string, std::string> libraries = system::ldd(libname);
  std::erase_if(libraries,
                [&](const auto& library) { return !signature_of_file(layout, Category::lib, library.first); });
  return libraries;
}

std::string analyse_load_error(const std::exception& e, const std::string& lib_filename, const CacheParams& params) {
  std::string text = "Cannot load the library '" + lib_filename + "': " + e.what() + "\n";
  const Layout layout(params);
  try {
    bool found_cause = false;
    for (const auto& [name, path] : system::ldd(lib_filename)) {
      if (!path.empty()) continue;
      found_cause = true;
      const auto signature = signature_of_file(layout, Category::lib, name);
      text += "It needs '" + name + "', which is not found";
      text += signature ? ": build the module '" + std::string(*signature) + "' again, or remove this library.\n"
                        : ": install it, or name its directory in LD_LIBRARY_PATH or build.rpath_dirs.\n";
    }
    if (!found_cause)
      text += "All libraries that it needs are found: a symbol may be missing, or it was made for another machine.\n";
  } catch (const Error& error) {
    text += std::string(error.what()) + ".\nRemove it; it is made again when it is needed.\n";
  }
  return text;
}

}  // namespace dijitso::cache
