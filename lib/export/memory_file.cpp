#include "export/memory_file.h"

#include "support/file_size_signal.h"
#include "support/memory_file.h"

#include <dijitso/error.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <new>
#include <system_error>
#include <utility>

namespace dijitso::exporter {
namespace {

constexpr int longest_wait_ms = 20;

[[noreturn]] void fail(const std::string& what, int error) {
  throw LinkFailed(
      "cannot create " + what + " for the linker: " + std::generic_category().message(error) +
      "; raise the limits on open files (ulimit -n), file size (ulimit -f), threads (ulimit -u) or memory, "
      "or use cache.lib_loader 'orc'");
}

}  // namespace

MemoryFile::MemoryFile(const std::string& name, ByteView content) : file_(open_memory_file(name)) {
  if (!file_.is_open()) fail("a file in memory", errno);
  if (const int error = write_all(file_.get(), content)) fail("a file in memory", error);
}

std::string MemoryFile::path() const { return path_of_open_file(file_.get()); }

MemoryOutput::MemoryOutput() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) fail("a pipe", errno);
  to_read_ = Descriptor(ends[0]);
  to_write_ = Descriptor(ends[1]);
  if (!to_write_.is_open() || ::fcntl(to_read_.get(), F_SETFL, O_NONBLOCK) != 0) fail("a pipe", errno);
  try {
    reader_ = std::thread([this] { drain(); });
  } catch (const std::system_error& error) {
    fail("a thread", error.code().value());
  }
}

void MemoryOutput::drain() {
  std::array<std::uint8_t, 65536> buffer;
  for (bool is_last = false; !is_last;) {
    pollfd waiting{to_read_.get(), POLLIN, 0};
    ::poll(&waiting, 1, longest_wait_ms);
    is_last = is_finished_;  // what was written before is in the pipe now
    for (ssize_t got; (got = ::read(to_read_.get(), buffer.data(), buffer.size())) > 0;) try {
        if (has_memory_) content_.insert(content_.end(), buffer.begin(), buffer.begin() + got);
      } catch (const std::bad_alloc&) {
        has_memory_ = false;  // the rest is read all the same, for the linker waits for that
      }
  }
}

MemoryOutput::~MemoryOutput() { finish(); }

std::string MemoryOutput::path() const { return path_of_open_file(to_write_.get()); }

void MemoryOutput::finish() {
  if (!reader_.joinable()) return;
  is_finished_ = true;
  to_write_.close();  // which wakes the reader, unless a child has a copy
  reader_.join();
  to_read_.close();
}

Bytes MemoryOutput::take() {
  finish();
  if (!has_memory_) throw std::bad_alloc();
  return std::move(content_);
}

}  // namespace dijitso::exporter
