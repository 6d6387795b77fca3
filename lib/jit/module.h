// What a Library refers to: linked code, and what is needed to build and send modules that depend on it.
#pragma once

#include "orc/session.h"
#include "support/bytes.h"
#include "support/hash.h"

#include <dijitso/params.h>

#include <memory>
#include <string>
#include <vector>

namespace dijitso {

class Module {
 public:
  Module() = default;
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;
  ~Module();

  std::string signature;
  std::string scope;   // memory_scope(): the cache it belongs to, and how it is loaded
  Digest request;      // cache::Entry: digest of the request text
  Digest build;        // of the build parameters
  Digest identity;     // of all that determines the code
  std::string header;  // dependents are compiled against it
  SharedBytes entry;   // the entry file's bytes, which are also the object that was linked
  std::vector<std::shared_ptr<const Module>> dependencies;  // direct ones
  std::shared_ptr<const orc::LinkedModule> code;
};

using ModulePointer = std::shared_ptr<const Module>;

// Modules of different scopes know nothing of each other: those of one cache directory, loaded in one way.
std::string memory_scope(const CacheParams& params);

// Whether a scope is one of those of a cache directory.
bool is_scope_of(const std::string& scope, const std::string& cache_dir);

// `roots` and everything they depend on, each once, dependencies first.
std::vector<ModulePointer> closure(const std::vector<ModulePointer>& roots);

}  // namespace dijitso
