// Writes the names of linked functions to /tmp/perf-<pid>.map, which perf and other profilers read for code that is not
// in a file.
//
// Each line has the address and size of a function in hexadecimal, and its name. Lines are appended and never removed,
// so another just-in-time compiler in this process may write to the same file. Thread-safety: add() may be called from
// any thread. Tested in tests/debug.
#pragma once

#include "support/descriptor.h"
#include "support/fork.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace dijitso::orc {

struct LinkedFunction {
  std::uintptr_t address = 0;
  std::size_t size = 0;
  std::string name;  // linker name
};

class PerfMap {
 public:
  // The map of this process.
  static PerfMap& instance();

  // Writes demangled names. After a failure, it reports one warning and writes nothing more.
  void add(const std::vector<LinkedFunction>& functions);

 private:
  std::string write(const std::string& text);

  forking::Mutex mutex_;
  int process_ DIJITSO_GUARDED_BY(mutex_) = 0;  // owner of the file; differs after fork()
  Descriptor file_ DIJITSO_GUARDED_BY(mutex_);
  bool failed_ DIJITSO_GUARDED_BY(mutex_) = false;
};

}  // namespace dijitso::orc
