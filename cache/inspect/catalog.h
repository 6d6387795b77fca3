// The entries of a cache and their relations: which variants there are, and which dependencies each was built against.
//
// All variants of a signature are read and verified when one of them is needed; their bytes are not kept. Nothing is
// changed: damaged files stay in place. Who may write to the directories is not checked (Directory does that). Not
// thread-safe. Entries that are published after the catalog was made are not seen; removed ones count as absent.
// Errors: CacheError for a directory that cannot be listed. Tested in unittests/cache/catalog_test.cpp.
#pragma once

#include "cache/store/entry_files.h"

#include <dijitso/cache.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dijitso::cache {

// An entry without its texts and code.
struct Variant : EntryFile {
  bool is_own = true;  // in the directory of the cache, not in a read-only one
  Digest request;
  Digest identity;
  std::vector<Dependency> dependencies;
};

struct UnusableFile {
  std::filesystem::path file;
  EntryState state;
  std::string reason;
};

class Catalog {
 public:
  // The cache and its read-only directories.
  explicit Catalog(const CacheParams& params);

  std::size_t files() const { return files_; }  // of entries, in the cache itself

  // The usable variants of a signature: those of the cache itself first, each sorted by slot. The references stay
  // valid. `name` may also be "<signature>.<slot>" or "<signature>:<slot>", where the first digits of the slot are
  // enough.
  std::vector<const Variant*> find(const std::string& name);

  // The variants of all signatures in the cache itself. `progress` is called as files are read.
  std::vector<const Variant*> all(const Progress& progress = {});

  // The exact variant that a module was built against; nullptr when it is absent.
  const Variant* find(const Dependency& dependency);

  // Those of the files read so far that could not be used.
  const std::vector<UnusableFile>& unusable() const { return unusable_; }

 private:
  struct Module {
    std::vector<Variant> variants;  // before is_read, only their files are known
    bool is_read = false;
  };
  void list(const Layout& layout, bool is_own);
  const std::vector<Variant>& read(Module& module);
  bool read(Variant& variant);

  std::map<std::string, Module, std::less<>> modules_;
  std::vector<UnusableFile> unusable_;
  std::size_t files_ = 0;
};

// These variants and all their dependencies that are present, dependencies first; each identity once.
std::vector<const Variant*> dependency_order(Catalog& catalog, const std::vector<const Variant*>& chosen);

// The same without variants that need an absent one: `missing` gets a sentence about each.
std::vector<const Variant*> closure(Catalog& catalog, const std::vector<const Variant*>& chosen,
                                    std::vector<std::string>& missing);

}  // namespace dijitso::cache
