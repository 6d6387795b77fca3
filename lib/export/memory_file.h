// Files for lld that exist in memory only: it opens what it is told to open, and /proc/thread-self/fd/<number> names a
// descriptor. Tested in unittests/export/memory_file_test.cpp.
#pragma once

#include "support/bytes.h"
#include "support/descriptor.h"

#include <string>
#include <thread>

namespace dijitso::exporter {

// A file to be read. LinkFailed when the system gives none.
class MemoryFile {
 public:
  MemoryFile(const std::string& name, ByteView content);
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  std::string path() const;

 private:
  Descriptor file_;
};

// A file to be written: a pipe that a thread drains, because lld writes to a temporary file of its own beside any
// ordinary file, and guards that with signal handlers of the whole process. The end of the pipe is not waited for: a
// child of fork() may hold it open as long as it lives.
class MemoryOutput {
 public:
  MemoryOutput();
  MemoryOutput(const MemoryOutput&) = delete;
  MemoryOutput& operator=(const MemoryOutput&) = delete;
  ~MemoryOutput();

  std::string path() const;

  // All that was written; nothing can be written any more.
  Bytes take();

 private:
  void finish();
  void drain();
  Descriptor to_read_, to_write_;  // the ends of the pipe
  Descriptor finished_;            // an event: all has been written
  Bytes content_;
  std::thread reader_;
};

}  // namespace dijitso::exporter
