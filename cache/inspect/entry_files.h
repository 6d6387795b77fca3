// The files in which entries lie: which there are, and what is in one of them. Everybody who reads an entry from a file
// reads it here. Nothing is moved, removed or written, whatever is found.
//
// Thread-safety: all functions may be called from any thread. Tested in unittests/cache/entry_files_test.cpp.
#pragma once

#include "cache/format/entry.h"
#include "cache/format/layout.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace dijitso::cache {

// A verified entry and the bytes it was read from; the linker gets these very bytes.
struct StoredEntry {
  Entry entry;
  SharedBytes bytes;
};

// A file with the name of an entry; nothing is known yet of what it contains.
struct EntryFile {
  std::string signature;
  Slot slot;
  std::filesystem::path file;
  std::uint64_t bytes = 0;
  std::int64_t written_ns = 0;  // since 1970

  std::string name() const { return signature + "." + slot.text(); }
};

// Those of one directory, sorted by name. CacheError for a directory that cannot be read.
std::vector<EntryFile> list_entry_files(const Layout& layout);

// By signature, newest first.
void sort_newest_first(std::vector<EntryFile>& files);

// Those of cache_dir and then of the read-only directories; in each newest first. CacheError as above.
std::vector<EntryFile> list_entry_files(const CacheParams& params);

enum class EntryState {
  sound,         // verified
  absent,        // there is no such file
  damaged,       // it is not what dijitso wrote
  misnamed,      // it is sound, and lies under the name of another module
  other_schema,  // it is sound, and another version of dijitso wrote it: it is absent for us, and not to be touched
  unreadable,    // the file system refused it: nothing is known
};

// What came of reading an entry.
struct EntryReading {
  EntryState state = EntryState::absent;
  std::string reason = {};  // why it is not sound, for people
  int error = 0;            // of the file system, when it is unreadable
  StoredEntry stored = {};  // when it is sound

  bool is_sound() const { return state == EntryState::sound; }
};

// Verifies what `read` returns, which is nothing when there is no such file; a FileError that it throws makes the entry
// unreadable. The name of the file is not compared with what is in it.
EntryReading read_entry(const std::function<std::optional<Bytes>()>& read);

// Reads the file of an entry, which does not count as used by that.
EntryReading inspect_entry(const std::filesystem::path& file);

}  // namespace dijitso::cache
