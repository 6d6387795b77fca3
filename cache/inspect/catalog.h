// The entries of a cache with what connects them: which variants there are, and what each was built against.
//
// Files are read when they are asked for, all variants of a signature at a time, verified like everywhere, and not
// kept. Nothing is changed: what is damaged stays where it is. Who may write to the directories is not judged
// (Directory does that). Not thread-safe; entries that others publish or remove after the catalog was made do not
// count, or count as vanished. Errors: CacheError for a directory that cannot be listed.
// Tested in unittests/cache/catalog_test.cpp.
#pragma once

#include "cache/inspect/entry_files.h"

#include <dijitso/cache.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dijitso::cache {

// An entry, without its texts and code.
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

  // All signatures of which the cache itself has files, sorted.
  std::vector<std::string> signatures() const;
  std::size_t files() const { return files_; }  // of entries, in the cache itself

  // The usable variants of a signature: those of the cache itself first, each sorted by slot. The references stay
  // valid. `name` may also be "<signature>.<slot>", or with ':', where the beginning of a slot will do.
  std::vector<const Variant*> find(const std::string& name);

  // The variants that the cache itself has of all signatures. `progress` hears of files read.
  std::vector<const Variant*> all(const Progress& progress = {});

  // The very variant that something was built against; nullptr when it is not there.
  const Variant* find(const Dependency& dependency);

  // What could not be used of the files read so far.
  const std::vector<UnusableFile>& unusable() const { return unusable_; }

 private:
  struct Module {
    std::vector<Variant> variants;  // before reading: where they are
    bool is_own = false;            // some of them
    bool is_read = false;
  };
  void list(const Layout& layout, bool is_own);
  const std::vector<Variant>& read(Module& module);
  bool read(Variant& variant);

  std::map<std::string, Module, std::less<>> modules_;
  std::vector<UnusableFile> unusable_;
  std::size_t files_ = 0;
};

// These variants and those that are there of what they need, dependencies first; each identity once.
std::vector<const Variant*> dependency_order(Catalog& catalog, const std::vector<const Variant*>& chosen);

// The same without those that need a variant that is not there: `missing` gets a sentence about each.
std::vector<const Variant*> closure(Catalog& catalog, const std::vector<const Variant*>& chosen,
                                    std::vector<std::string>& missing);

}  // namespace dijitso::cache
