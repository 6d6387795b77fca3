#include "export/memory_file.h"

#include "support/file_size_signal.h"
#include "support/memory_file.h"

#include <dijitso/error.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace dijitso::exporter {
namespace {

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
  finished_ = Descriptor(::eventfd(0, EFD_CLOEXEC));
  if (!to_write_.is_open() || !finished_.is_open() || ::fcntl(to_read_.get(), F_SETFL, O_NONBLOCK) != 0)
    fail("a pipe", errno);
  try {
    reader_ = std::thread([this] { drain(); });
  } catch (const std::system_error& error) {
    fail("a thread", error.code().value());
  }
}

void MemoryOutput::drain() {
  std::array<std::uint8_t, 65536> buffer;
  pollfd waiting[] = {{to_read_.get(), POLLIN, 0}, {finished_.get(), POLLIN, 0}};
  for (bool is_finished = false; !is_finished;) {
    if (::poll(waiting, 2, -1) < 0) continue;
    is_finished = waiting[1].revents != 0;  // data written before this event is in the pipe now
    for (ssize_t got; (got = ::read(to_read_.get(), buffer.data(), buffer.size())) > 0;)
      content_.insert(content_.end(), buffer.begin(), buffer.begin() + got);
  }
}

MemoryOutput::~MemoryOutput() { finish(); }

std::string MemoryOutput::path() const { return path_of_open_file(to_write_.get()); }

void MemoryOutput::finish() {
  if (!reader_.joinable()) return;
  ::eventfd_write(finished_.get(), 1);
  reader_.join();
  for (Descriptor* descriptor : {&to_read_, &to_write_, &finished_}) descriptor->close();
}

Bytes MemoryOutput::take() {
  finish();
  return std::move(content_);
}

}  // namespace dijitso::exporter
