// A file descriptor that closes itself and is never that of standard input, output or error.
//
// A daemon may have closed those three. The system would then reuse their numbers for the next files, and everything
// that the program prints would be written to these files. Tested in unittests/support/descriptor_test.cpp.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace dijitso {

// Returns the same open file with a number above 2; negative, with errno, on failure.
inline int above_standard(int number) {
  if (number < 0 || number > 2) return number;
  const int above = ::fcntl(number, F_DUPFD_CLOEXEC, 3);
  const int error = errno;
  ::close(number);
  errno = error;
  return above;
}

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(above_standard(number)) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() { close(); }

  bool is_open() const { return number_ >= 0; }
  int get() const { return number_; }

  // Returns false, with errno, on failure: NFS and quotas report a full disk only here.
  bool close() { return number_ < 0 || ::close(std::exchange(number_, -1)) == 0; }

  // The caller must close the returned descriptor.
  int release() { return std::exchange(number_, -1); }

 private:
  int number_ = -1;
};

// Opens an existing file like openat(). A network file system returns ESTALE when the file was replaced during the
// lookup; the next attempt finds the new file. File systems that wait for a server may return EINTR.
inline Descriptor open_existing(int directory, const char* name, int flags) {
  for (int attempt = 0;; ++attempt) {
    Descriptor opened(::openat(directory, name, flags | O_CLOEXEC));
    if (opened.is_open() || (errno != EINTR && errno != ESTALE) || attempt == 3) return opened;
  }
}

}  // namespace dijitso
