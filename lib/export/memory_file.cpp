#include "export/memory_file.h"

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

[[noreturn]] void fail(const std::string& what) {
  throw LinkFailed(
      "cannot make " + what + " for the linker: " + std::generic_category().message(errno) +
      "; allow more open files (ulimit -n), larger files (ulimit -f) or memory, or use cache.lib_loader 'orc'");
}

std::string path_of(int descriptor) { return "/proc/self/fd/" + std::to_string(descriptor); }

}  // namespace

MemoryFile::MemoryFile(const std::string& name, ByteView content) : descriptor_(open_memory_file(name)) {
  if (!descriptor_.is_open()) fail("a file in memory");
  while (!content.empty()) {
    const ssize_t written = ::write(descriptor_.get(), content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("a file in memory");
    content = content.subspan(static_cast<std::size_t>(written));
  }
}

std::string MemoryFile::path() const { return path_of(descriptor_.get()); }

MemoryOutput::MemoryOutput() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) fail("a pipe");
  output_ = Descriptor(ends[0]);
  input_ = Descriptor(ends[1]);
  finished_ = Descriptor(::eventfd(0, EFD_CLOEXEC));
  if (!output_.is_open() || !input_.is_open() || !finished_.is_open() ||
      ::fcntl(output_.get(), F_SETFL, O_NONBLOCK) != 0)
    fail("a pipe");
  reader_ = std::thread([this] { drain(); });
}

void MemoryOutput::drain() {
  std::array<std::uint8_t, 65536> buffer;
  pollfd waiting[] = {{output_.get(), POLLIN, 0}, {finished_.get(), POLLIN, 0}};
  for (bool is_finished = false; !is_finished;) {
    if (::poll(waiting, 2, -1) < 0) continue;
    is_finished = waiting[1].revents != 0;  // what was written before is in the pipe now
    for (ssize_t got; (got = ::read(output_.get(), buffer.data(), buffer.size())) > 0;)
      content_.insert(content_.end(), buffer.begin(), buffer.begin() + got);
  }
}

MemoryOutput::~MemoryOutput() { finish(); }

std::string MemoryOutput::path() const { return path_of(input_.get()); }

void MemoryOutput::finish() {
  if (!reader_.joinable()) return;
  ::eventfd_write(finished_.get(), 1);
  reader_.join();
  for (Descriptor* const open : {&output_, &input_, &finished_}) open->close();
}

Bytes MemoryOutput::take() {
  finish();
  return std::move(content_);
}

}  // namespace dijitso::exporter
