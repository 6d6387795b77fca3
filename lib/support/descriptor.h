// An open file that closes itself, and whose number is never that of standard input, output or error.
//
// A daemon may have closed those three. The system would then give their numbers to the next files that are opened, and
// whatever any part of the program prints would go into them. Tested in unittests/support/descriptor_test.cpp.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace dijitso {

// The same open file under a number above 2; negative, with errno, when there is none.
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

  // False with errno when it failed: NFS and quotas report a full disk only here.
  bool close() { return number_ < 0 || ::close(std::exchange(number_, -1)) == 0; }

  // Whoever gets the number closes it.
  int release() { return std::exchange(number_, -1); }

 private:
  int number_ = -1;
};

// Opens what is there, as openat(). A network file system says ESTALE when the file was replaced while its name was
// looked up: the next look finds the new one. EINTR comes from file systems that wait for a server.
inline Descriptor open_existing(int directory, const char* name, int flags) {
  for (int attempt = 0;; ++attempt) {
    Descriptor opened(::openat(directory, name, flags | O_CLOEXEC));
    if (opened.is_open() || (errno != EINTR && errno != ESTALE) || attempt == 3) return opened;
  }
}

}  // namespace dijitso
