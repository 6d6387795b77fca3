// Is every file in a cache directory as dijitso wrote it, and could nobody else have written it? For administrators.
// Thread-safety: may be called from any thread; files that others publish or remove meanwhile are left out. Errors:
// only CacheError, for a directory that cannot be listed for another reason than missing rights. Tested in
// unittests/cache/verify_test.cpp and tests/cli/verify_test.py.
#pragma once

#include <dijitso/cache.h>

#include <filesystem>
#include <string>
#include <vector>

namespace dijitso::cache {

// Bits of VerifyResult::faults().
enum class Fault {
  corrupt = 1,     // not what dijitso wrote, or it does not fit the other files
  untrusted = 2,   // somebody else may have put it there
  unreadable = 4,  // reading failed, so nothing is known
};

struct Finding {
  std::filesystem::path path;
  Fault fault = Fault::corrupt;
  std::string reason;
  bool repaired = false;  // moved to quarantine/, or removed
};

struct VerifyResult {
  std::size_t files = 0;  // that were checked
  std::vector<Finding> findings;

  // The kinds of faults found, repaired or not, combined with bitwise or.
  int faults() const;
};

// Checks the entries; with `all` also the precompiled headers, the derived files, and that all dependencies are
// present. With `repair`, damaged entries are moved to quarantine/ and derived files that do not fit are removed, in
// this cache only.
VerifyResult verify(const CacheParams& params, bool all, bool repair, const Progress& progress = {});

}  // namespace dijitso::cache
