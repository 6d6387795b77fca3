// Is a directory fit for a cache? Tries what publishing needs, in a directory of its own inside, which is removed
// again. Loads no LLVM. Thread-safety: may be called from any thread. Tested in tests/cli/doctor_test.py.
#pragma once

#include <dijitso/params.h>

#include <filesystem>
#include <string>
#include <vector>

namespace dijitso::cache {

struct Checkup {
  enum class State { ok, warning, problem };
  std::string what;  // "links"
  State state = State::ok;
  std::string found;   // "work"
  std::string remedy;  // what to do about it; empty when all is well
};

// The cache directory of `params` and its read-only directories. What is not there yet is tried where it would be
// created. Never throws what it finds. With `only_look` nothing is written.
std::vector<Checkup> examine_directories(const CacheParams& params, bool only_look);

// What a file system of this magic number (statfs) is called, and whether it is shared between machines. Pure.
struct FileSystemKind {
  std::string name;
  bool is_network = false;
};
FileSystemKind kind_of_file_system(long magic);

}  // namespace dijitso::cache
