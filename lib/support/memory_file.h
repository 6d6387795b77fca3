// An anonymous file in memory (memfd_create).
//
// With vm.memfd_noexec=2 the system refuses such a file unless its creator declares that it is not executable; with 1
// it logs a warning. So all files are created with that declaration. Code can be mapped from such a file all the same,
// and the dynamic loader opens it. Tested in unittests/support/memory_file_test.cpp; scripts/check_includes.py refuses
// memfd_create elsewhere.
#pragma once

#include "support/descriptor.h"

#include <sys/mman.h>

#include <cerrno>
#include <string>

namespace dijitso {

// A path with which an open file can be opened again. It is not under /proc/self, which is empty after the main thread
// has ended while other threads continue.
inline std::string path_of_open_file(int descriptor) { return "/proc/thread-self/fd/" + std::to_string(descriptor); }

// Returns a closed Descriptor, with errno, on failure. The name is shown in /proc for debugging; it may be long.
inline Descriptor open_memory_file(const std::string& name) {
  constexpr unsigned is_no_program = 0x8;             // MFD_NOEXEC_SEAL; missing in headers before Linux 6.3
  const std::string shortened = name.substr(0, 200);  // the system's limit is 249 bytes
  const int number = ::memfd_create(shortened.c_str(), MFD_CLOEXEC | is_no_program);
  if (number >= 0 || errno != EINVAL) return Descriptor(number);
  return Descriptor(::memfd_create(shortened.c_str(), MFD_CLOEXEC));  // kernels before Linux 6.3
}

}  // namespace dijitso
