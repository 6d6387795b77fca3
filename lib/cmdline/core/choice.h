// Which entries a command line means by the name of a module.
#pragma once

#include "cache/store/entry_files.h"
#include "cmdline/core/options.h"

#include <string>
#include <vector>

namespace dijitso::cmdline {

struct Choice {
  std::vector<cache::EntryFile> variants;  // all of the module, newest first
  std::vector<cache::EntryFile> chosen;    // those that the name selects; at least one
};

// `name` is a signature, or a signature and the beginning of a slot, with ':' or '.' between them. InvalidArgument,
// which suggests the nearest name, when the cache has no such entry.
Choice choose(const std::string& name, const CacheParams& params);

// The same with the values of module_argument() and variant_argument().
Choice choose(const Options& options, const ParamsDict& params);

// The signatures of all modules in the directory of the cache itself, sorted.
std::vector<std::string> stored_modules(const CacheParams& params);

// Reads and verifies an entry. CacheError when that fails; its bytes must not be used then.
cache::StoredEntry verified(const cache::EntryFile& variant);

}  // namespace dijitso::cmdline
