// Which entries a command line means by the name of a module.
#pragma once

#include "cache/inspect/entry_files.h"
#include "cmdline/core/options.h"

#include <string>
#include <vector>

namespace dijitso::cmdline {

struct Choice {
  std::vector<cache::EntryFile> variants;  // all of the module, newest first
  std::vector<cache::EntryFile> chosen;    // those of them that are meant; at least one
};

// `name` is a signature, or a signature and the beginning of a slot, with ':' or '.' between them. InvalidArgument,
// with the nearest, when the cache has no such entry.
Choice choose(const std::string& name, const CacheParams& params);

// The same for module_argument() and variant_argument().
Choice choose(const Options& options, const ParamsDict& params);

// CacheError when it cannot be verified: nothing may look into it then.
cache::StoredEntry verified(const cache::EntryFile& variant);

}  // namespace dijitso::cmdline
