// Why an entry does not answer: what has changed since it was made, and in what two entries differ. Reads the headers
// that entries name; changes nothing. Tested in unittests/cache/explain_test.cpp.
#pragma once

#include "cache/format/entry.h"
#include "cache/inspect/catalog.h"
#include "cache/store/lookup.h"

#include <string>
#include <vector>

namespace dijitso::cache {

// Why a request with the text of this entry would not be answered by it today: one sentence for each header that has
// changed or is gone, and for each module that it needs and that is not there or has changed itself. Empty when it
// would be. What the processor must have is not looked at.
std::vector<std::string> obstacles(const Entry& entry, Catalog& catalog, FileDigests& files);

// A thing that is recorded of two entries, and is not the same; empty where it is not recorded.
struct Difference {
  std::string name;  // "header", "source", "file /usr/include/ufc.h", "dependency element", "isa avx2"
  std::string first, second;

  bool operator==(const Difference&) const = default;
};

// Of everything but the request text. Digests are shown by their first 16 digits.
std::vector<Difference> differences(const Entry& first, const Entry& second);

}  // namespace dijitso::cache
