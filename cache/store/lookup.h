// Which entry answers a request, given the headers and dependencies of today?
//
// Before generating, only the request text is known; which headers the compiler reads and which modules it depends on
// is known by the entries already there. So a lookup walks a chain of slots. The first slot is the digest of the
// request. An entry found there either matches the present state of its headers and dependencies (a hit), or it names
// those that matter, and their present state gives the next slot. The chain ends with a hit or with the free slot where
// the new variant belongs. Usually one file is opened, read and closed. Old variants stay, so going back to an old
// header is a hit again. Tested in unittests/cache/lookup_test.cpp.
#pragma once

#include "cache/format/entry.h"
#include "cache/store/store.h"
#include "support/fork.h"

#include <functional>
#include <map>
#include <optional>
#include <string>

namespace dijitso::cache {

// Digests of header files, remembered by path, size, times and i-node for the life of the process. Thread-safe.
class FileDigests {
 public:
  // The digest of the file as it is now; nullopt when it cannot be read. When size, times and i-node agree with
  // `known`, its digest is used without reading the file, unless its mtime is 0.
  std::optional<Digest> current(const ReadFile& known);

  // Whether all files are unchanged and all absent names are still absent.
  bool are_current(const std::vector<ReadFile>& files, const std::vector<AbsentNames>& absent);

  // Describes a file in which a compiler that began at `began_ns` (system clock) read this content. A file that may
  // have been written shortly before that, or later, gets the mtime 0: its time does not prove that its content is
  // unchanged.
  static ReadFile describe(const std::string& path, const Digest& content, std::int64_t began_ns);

 private:
  forking::Mutex mutex_;
  std::map<std::string, ReadFile> seen_ DIJITSO_GUARDED_BY(mutex_);
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

// The slot for an entry that was made elsewhere: where a lookup ends when all inputs are as this entry records them. A
// hit is an equivalent entry. For inputs that only other entries of the chain name, the present state is used for
// files, and "not there" for dependencies. If that is wrong, a lookup misses the entry and the module is built again.
Lookup place_of(Store& store, const Entry& entry, FileDigests& files);

}  // namespace dijitso::cache
