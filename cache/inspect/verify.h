// Is everything in a cache directory as it was written, and could nobody else have written it? For whoever looks after
// a cache. Thread-safety: may be called from any thread; what others publish or remove meanwhile is left out.
// Errors: none but CacheError for a directory that cannot be listed for another reason than missing rights. Tested in
// unittests/cache/verify_test.cpp and tests/cli/verify_test.py.
#pragma once

#include <dijitso/cache.h>

#include <filesystem>
#include <string>
#include <vector>

namespace dijitso::cache {

// The numbers can be added up.
enum class Fault {
  corrupt = 1,     // not what was written, or it does not fit to the rest
  untrusted = 2,   // somebody else may have put it there
  unreadable = 4,  // it cannot be read, so nothing is known
};

struct Finding {
  std::filesystem::path path;
  Fault fault = Fault::corrupt;
  std::string reason;
  bool repaired = false;  // put aside, or removed
};

struct VerifyResult {
  std::size_t files = 0;  // that were looked at
  std::vector<Finding> findings;

  // The faults found, repaired or not, each once, added up.
  int faults() const;
};

// Looks at the entries; with `all` also at precompiled headers and at what is derived, and whether everything is there
// that something depends on. With `repair` entries that are damaged go to quarantine/ and derived files that do not fit
// are removed, in this cache only.
VerifyResult verify(const CacheParams& params, bool all, bool repair, const Progress& progress = {});

}  // namespace dijitso::cache
