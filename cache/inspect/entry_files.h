// The entries of a cache for those who only look: nothing is moved, removed or written, whatever is found.
//
// Thread-safety: all functions may be called from any thread.
#pragma once

#include "cache/store/store.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

namespace dijitso::cache {

// A file with the name of an entry; nothing is known yet of what it contains.
struct EntryFile {
  std::string signature;
  std::string slot;  // the 16 digits in its name
  std::filesystem::path file;
  std::uint64_t bytes = 0;
  std::filesystem::file_time_type time;

  std::string name() const { return signature + "." + slot; }
};

// All of them, in cache_dir and then in the read-only directories; in each by signature, newest first. CacheError for a
// directory that cannot be read.
std::vector<EntryFile> list_entry_files(const CacheParams& params);

// The entry with the bytes in which it lies; or why it cannot be trusted or read, for people. An entry under the name
// of another module counts as one that cannot be trusted.
std::variant<StoredEntry, std::string> read_entry_file(const EntryFile& variant);

}  // namespace dijitso::cache
