// Which entry answers a request, given the headers and dependencies of today?
//
// Before generating, only the request text is known; which headers the compiler reads and which modules it depends on
// is known by the entries already there. So a lookup walks a chain of slots: the first is the digest of the request; an
// entry found there either matches the present state of its headers and dependencies (a hit), or says which of them
// matter, and their present state gives the next slot. The chain ends with a hit or with the free slot where the new
// variant belongs. In the ordinary case that is one open, read, close. Old variants stay: going back to an old header
// is a hit again. Tested in unittests/cache/lookup_test.cpp.
#pragma once

#include "cache/format/entry.h"
#include "cache/store/store.h"
#include "support/fork.h"

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace dijitso::cache {

// Digests of header files, remembered by path, size, times and i-node for the life of the process. Thread-safe.
class FileDigests {
 public:
  // The digest of the file as it is now; nullopt when it cannot be read. `known` is believed when its size, times and
  // i-node agree, unless its mtime is 0.
  std::optional<Digest> current(const ReadFile& known);

  // Whether all of them are as they were, and none of the names is there.
  bool are_current(const std::vector<ReadFile>& files, const std::vector<AbsentNames>& absent);

  // Describes a file that a compiler, which began at `began_ns` (of the system clock), read with this content. A file
  // that may have been written since shortly before then gets the mtime 0: its time says nothing about its content.
  static ReadFile describe(const std::string& path, const Digest& content, std::int64_t began_ns);

 private:
  forking::Mutex mutex_;
  std::map<std::string, ReadFile> seen_;
};

// The identity of the variant that `dependency` means today; nullopt when there is none.
using ResolveDependency = std::function<std::optional<Digest>(const Dependency& dependency)>;

struct Lookup {
  std::optional<StoredEntry> hit;
  Slot slot;                // of the hit, or where a new entry belongs
  bool slot_taken = false;  // on a miss: an unusable entry lies there and must be replaced
};

inline constexpr int longest_chain = 32;

// The slot after an entry whose inputs changed: digest of the request and of the inputs in their present state. Pure.
// nullopt as a digest stands for "cannot be read" or "not there".
using InputState = std::map<std::string, std::optional<Digest>>;  // "file <path>", "dependency <signature>", or
                                                                  // "appeared <path>" for what was absent
Slot next_slot(const Digest& request, const InputState& present);

// `request` is the digest of the request text; when `request_text` is not empty it must equal the entry's.
Lookup lookup(Store& store, const std::string& signature, const Digest& request, const std::string& request_text,
              FileDigests& files, const ResolveDependency& resolve);

// Where an entry from elsewhere belongs: what a lookup finds in the circumstances that it was made in. A hit is an
// entry that is as good. What only other entries on the way ask for is taken as it is today if it is a file, and as not
// there if it is a dependency; should that be wrong, the entry is not found and its module is built anew.
Lookup place_of(Store& store, const Entry& entry, FileDigests& files);

}  // namespace dijitso::cache
