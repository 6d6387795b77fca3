// From an entry to a shared library: linked, checked against its entry, and published in the cache's lib directory.
#pragma once

#include "cache/format/entry.h"
#include "cache/store/store.h"
#include "jit/loaded/module.h"

#include <optional>
#include <string>
#include <vector>

namespace dijitso {

// A shared library as a file's content. What is linked with it needs it under its soname.
struct SharedFile {
  std::string soname;
  SharedBytes bytes;
};

// The name of the library of this module in the cache, which is also its SONAME.
std::string published_soname(const cache::Layout& layout, const std::string& signature);

// What must be recorded in a library for it to be this entry's: it changes with the code, the names and the loader.
Digest origin_of_library(const Digest& identity, const std::string& soname, const CacheParams& params);

// Links a library, stamped with its origin. LinkFailed.
SharedFile make_shared_file(const cache::Entry& entry, ByteView object, const std::string& soname,
                            const std::vector<SharedFile>& dependencies, const CacheParams& params);

// The library in the cache if it is this entry's.
std::optional<SharedFile> stored_shared_file(cache::Store& store, const std::string& signature, const Digest& identity);

// Puts a library into the cache. CacheError when that fails.
void publish_shared_file(cache::Store& store, const std::string& signature, const SharedFile& file);

// Makes sure that the libraries of these modules, dependencies first, are in the cache and are theirs. LinkFailed, also
// when two of them are variants of one signature, which have one name; CacheError when a library cannot be published.
std::vector<SharedFile> publish_shared_files(cache::Store& store, const std::vector<ModulePointer>& modules);

}  // namespace dijitso
