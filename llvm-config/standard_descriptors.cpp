// Files that LLVM, Clang and lld open must not get the numbers of standard input, output or error when the program has
// closed these (lib/support/descriptor.h explains why). The linker replaces the functions of the C library by those
// below, as in abandoned_locks.cpp. Tested in tests/faults/standard_descriptors_test.py.

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>

extern "C" {
int __real_open(const char*, int, ...);
int __real_open64(const char*, int, ...);
}

namespace {

int above_standard(int number, int flags) {
  if (number < 0 || number > 2) return number;
  const int above = ::fcntl(number, (flags & O_CLOEXEC) != 0 ? F_DUPFD_CLOEXEC : F_DUPFD, 3);
  const int error = errno;
  ::close(number);
  errno = error;
  return above;
}

mode_t mode_among(int flags, va_list arguments) {
  return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(arguments, mode_t) : 0;
}

}  // namespace

// Not hidden, as in abandoned_locks.cpp.
#pragma GCC visibility push(default)

extern "C" {

int __wrap_open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_among(flags, arguments);
  va_end(arguments);
  return above_standard(__real_open(path, flags, mode), flags);
}

int __wrap_open64(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_among(flags, arguments);
  va_end(arguments);
  return above_standard(__real_open64(path, flags, mode), flags);
}

}  // extern "C"

#pragma GCC visibility pop
