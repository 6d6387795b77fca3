// The records of how often a cache was used: text files in stats/, to which every process appends lines.
//
// No lock is needed. Processes of one machine append to one file, each line with one write(), which the kernel does not
// mix with others. On a network file system that does not hold between machines, so each machine has its own file.
// Later merge_records() replaces many lines by their sum in one atomic step; several processes may do that at the same
// time. docs/cache-format.md specifies the files. Thread-safety: all functions may be called from any thread and any
// number of processes. Tested in unittests/cache/usage_records_test.cpp and tests/faults/usage_test.py.
#pragma once

#include "cache/store/directory.h"

#include <array>
#include <cstdint>
#include <ctime>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dijitso::cache {

enum class Use {
  memory_hits,   // requests that were answered from memory
  disk_hits,     // entries that were taken from a cache directory
  compiles,      // compiler runs, failed ones included
  published,     // entries that were written
  unpublished,   // results that could not be written, and were used from memory
  quarantined,   // damaged entries that were moved to quarantine/
  compiling_us,  // microseconds that the compiler ran for
  saved_us,      // microseconds that the entries behind disk_hits took to compile
};
inline constexpr std::size_t use_count = 8;

struct UseCounts : std::array<std::uint64_t, use_count> {
  std::uint64_t& operator[](Use use) { return array::operator[](static_cast<std::size_t>(use)); }
  std::uint64_t operator[](Use use) const { return array::operator[](static_cast<std::size_t>(use)); }
  UseCounts& operator+=(const UseCounts& more);
  bool empty() const { return *this == UseCounts{}; }
};

using Day = std::int32_t;  // of UTC: 20261127

// One line, without its newline. Pure; nullopt for every other text.
std::string encode_record(Day day, const UseCounts& counts);
std::optional<std::pair<Day, UseCounts>> decode_record(std::string_view line);

// Appends a line. False, without a warning, when that was not possible: statistics are not worth one. Never creates the
// cache directory itself.
bool append_record(Directory& directory, const UseCounts& counts, std::time_t now = std::time(nullptr)) noexcept;

struct UsageHistory {
  std::map<Day, UseCounts> days;
  std::vector<std::string> unreadable;  // why something is not counted: one sentence each
  bool is_whole = true;                 // all files could be read, and are of dijitso; perhaps with lines cut off

  UseCounts total() const;
  void add(const UsageHistory& more);
};

// All records. Damaged or unreadable files are reported in the result, not thrown.
UsageHistory read_records(const Layout& layout);

// Replaces files to which no process writes any more by their sums for each day; lines that are not records are
// dropped. A file that cannot be read or replaced, or is not dijitso's, stays as it is.
void merge_records(Directory& directory, std::time_t now = std::time(nullptr)) noexcept;

// Removes all records. CacheError when one cannot be removed, or the directory is not the user's.
void remove_records(const CacheParams& params);

}  // namespace dijitso::cache
