// Makes the shared library of an entry: links it, stamps it with its origin, and publishes it in the cache's lib
// directory.
#pragma once

#include "cache/format/entry.h"
#include "cache/store/store.h"
#include "jit/loaded/module.h"

#include <optional>
#include <string>
#include <vector>

namespace dijitso {

// The content of a shared library. Libraries that are linked with it refer to it by its soname.
struct SharedFile {
  std::string soname;
  SharedBytes bytes;
};

// The file name of the module's library in the cache, which is also its SONAME.
std::string published_soname(const cache::Layout& layout, const std::string& signature);

// The digest that a library of this entry must record. It depends on the code, the names and the loader.
Digest origin_of_library(const Digest& identity, const std::string& soname, const CacheParams& params);

// Links a library and stamps it with its origin. Throws LinkFailed.
SharedFile make_shared_file(const cache::Entry& entry, ByteView object, const std::string& soname,
                            const std::vector<SharedFile>& dependencies, const CacheParams& params);

// The library in the cache, if it was made from this entry.
std::optional<SharedFile> stored_shared_file(cache::Store& store, const std::string& signature, const Digest& identity);

// Stores a library in the cache. CacheError when that fails.
void publish_shared_file(cache::Store& store, const std::string& signature, const SharedFile& file);

// Makes sure that the cache has the libraries of these modules (dependencies first), made from their entries.
// LinkFailed, also when two modules are variants of one signature, since both libraries would have one name; CacheError
// when a library cannot be published.
std::vector<SharedFile> publish_shared_files(cache::Store& store, const std::vector<ModulePointer>& modules);

}  // namespace dijitso
