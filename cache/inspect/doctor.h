// Is a directory fit for a cache? Tries the file operations that publishing needs, in a temporary directory inside it.
// Loads no LLVM. Thread-safety: may be called from any thread. Tested in tests/cli/doctor_test.py.
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

// Examines the cache directory of `params` and its read-only directories. For an absent directory, the nearest existing
// parent is examined. Problems are returned, not thrown. With `only_look` nothing is written.
std::vector<Checkup> examine_directories(const CacheParams& params, bool only_look);

// The name of the file system with this magic number (statfs), and whether machines share it. Pure.
struct FileSystemKind {
  std::string name;
  bool is_network = false;
};
FileSystemKind kind_of_file_system(long magic);

}  // namespace dijitso::cache
