// Files for lld that exist in memory only: lld opens the path /proc/thread-self/fd/<number> of a descriptor. Tested in
// unittests/export/memory_file_test.cpp.
#pragma once

#include "support/bytes.h"
#include "support/descriptor.h"

#include <atomic>
#include <string>
#include <thread>

namespace dijitso::exporter {

// An input file. Throws LinkFailed when the system cannot create it.
class MemoryFile {
 public:
  MemoryFile(const std::string& name, ByteView content);
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  std::string path() const;

 private:
  Descriptor file_;
};

// An output file. It is a pipe that a thread reads, because for an ordinary file lld would create a temporary file in
// the same directory and install signal handlers. finish() does not wait for the end of the pipe, because a forked
// child may keep the other end open.
class MemoryOutput {
 public:
  MemoryOutput();
  MemoryOutput(const MemoryOutput&) = delete;
  MemoryOutput& operator=(const MemoryOutput&) = delete;
  ~MemoryOutput();

  std::string path() const;

  // Returns everything that was written. Nothing can be written after that.
  Bytes take();

 private:
  void finish();
  void drain();
  Descriptor to_read_, to_write_;  // the ends of the pipe
  std::atomic<bool> is_finished_ = false;
  bool has_memory_ = true;  // of the reader, as is the content
  Bytes content_;
  std::thread reader_;
};

}  // namespace dijitso::exporter
