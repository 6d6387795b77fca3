// Tells perf the names of linked functions, in the file /tmp/perf-<pid>.map that perf (and other profilers) read for
// code that lies in no file.
//
// One line a function: address and size in hexadecimal, name. Lines are appended, so another just-in-time compiler in
// this process may write the same file, and are never taken back. Thread-safety: add() may be called from any thread.
// Tested in tests/debug.
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
  std::string name;  // for the linker
};

class PerfMap {
 public:
  // The map of this process.
  static PerfMap& instance();

  // Writes the names as C++ has them. A failure is one warning, and no more is tried.
  void add(const std::vector<LinkedFunction>& functions);

 private:
  std::string write(const std::string& text);

  forking::Mutex mutex_;
  int process_ = 0;  // that the file belongs to: another one after fork()
  Descriptor file_;
  bool failed_ = false;
};

}  // namespace dijitso::orc
