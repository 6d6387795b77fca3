// A write beyond the file size limit (`ulimit -f`) fails with EFBIG, and the system also sends SIGXFSZ, which by
// default ends the process. The signal is blocked while dijitso writes, so that a failed write is an ordinary error.
// Tested in unittests/support/file_test.cpp and tests/faults/file_size_test.py.
#pragma once

#include "support/bytes.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>

namespace dijitso {

// Blocks SIGXFSZ on this thread, and discards a signal that arrives. Keeps errno.
class NoFileSizeSignal {
 public:
  NoFileSizeSignal() {
    ::sigemptyset(&signal_);
    ::sigaddset(&signal_, SIGXFSZ);
    ::pthread_sigmask(SIG_BLOCK, &signal_, &before_);
    sigset_t pending;  // a signal can be pending only while it is blocked
    was_pending_ =
        ::sigismember(&before_, SIGXFSZ) == 1 && ::sigpending(&pending) == 0 && ::sigismember(&pending, SIGXFSZ) == 1;
  }
  NoFileSizeSignal(const NoFileSizeSignal&) = delete;
  NoFileSizeSignal& operator=(const NoFileSizeSignal&) = delete;
  ~NoFileSizeSignal() {
    const int error = errno;
    const timespec at_once{};
    while (!was_pending_ && ::sigtimedwait(&signal_, nullptr, &at_once) < 0 && errno == EINTR) {
    }
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    errno = error;
  }

 private:
  sigset_t signal_, before_;
  bool was_pending_;
};

// Writes all of it at the current position of the file. Returns 0, or an error number.
inline int write_all(int descriptor, ByteView content) {
  const NoFileSizeSignal guard;
  while (!content.empty()) {
    const ssize_t written = ::write(descriptor, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return written < 0 ? errno : EIO;
    content = content.subspan(static_cast<std::size_t>(written));
  }
  return 0;
}

}  // namespace dijitso
