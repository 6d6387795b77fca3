// The files of entries: lists them, and reads one. All code that reads an entry from a file uses this header. Nothing
// here moves, removes or writes a file.
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

// A file with the name of an entry; its content has not been read.
struct EntryFile {
  std::string signature;
  Slot slot;
  std::filesystem::path file;
  std::uint64_t bytes = 0;
  std::int64_t written_ns = 0;  // since 1970

  std::string name() const { return signature + "." + slot.text(); }
};

// The entry files of one directory, sorted by name. CacheError for a directory that cannot be read.
std::vector<EntryFile> list_entry_files(const Layout& layout);

// By signature, newest first.
void sort_newest_first(std::vector<EntryFile>& files);

// The entry files of cache_dir, then those of the read-only directories; in each newest first. CacheError as above.
std::vector<EntryFile> list_entry_files(const CacheParams& params);

enum class EntryState {
  sound,         // verified
  absent,        // there is no such file
  damaged,       // its content is not what dijitso wrote
  misnamed,      // it is sound, but has the file name of another module
  other_schema,  // it is sound, but another version of dijitso wrote it: it counts as absent and must not be changed
  unreadable,    // reading failed, so nothing is known
};

// The result of reading an entry.
struct EntryReading {
  EntryState state = EntryState::absent;
  std::string reason = {};  // why it is not sound, for people
  int error = 0;            // of the file system, when it is unreadable
  StoredEntry stored = {};  // when it is sound

  bool is_sound() const { return state == EntryState::sound; }
};

// Verifies the bytes that `read` returns (nullopt when there is no such file); when it throws FileError, the entry is
// unreadable. The name of the file is not compared with the content.
EntryReading read_entry(const std::function<std::optional<Bytes>()>& read);

// Reads and verifies the file of an entry; this does not count as a use.
EntryReading inspect_entry(const std::filesystem::path& file);

}  // namespace dijitso::cache
