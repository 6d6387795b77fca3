// Why an entry does not answer a request: what has changed since it was made, and how two entries differ. Reads the
// headers that entries name; changes nothing. Tested in unittests/cache/explain_test.cpp.
#pragma once

#include "cache/format/entry.h"
#include "cache/inspect/catalog.h"
#include "cache/store/lookup.h"

#include <string>
#include <vector>

namespace dijitso::cache {

// Why this entry would not answer a request with the same text today: one sentence for each header that has changed or
// is gone, and for each dependency that is absent or has changed. Empty when it would answer. Required features of the
// processor are not checked.
std::vector<std::string> obstacles(const Entry& entry, Catalog& catalog, FileDigests& files);

// A recorded value that differs between two entries; empty for an entry that does not record it.
struct Difference {
  std::string name;  // "header", "source", "file /usr/include/ufc.h", "dependency element", "isa avx2"
  std::string first, second;

  bool operator==(const Difference&) const = default;
};

// Compares everything except the request text. Digests are shown by their first 16 digits.
std::vector<Difference> differences(const Entry& first, const Entry& second);

}  // namespace dijitso::cache
