// A file without a name that lies in memory (memfd_create).
//
// vm.memfd_noexec=2 refuses such a file to whoever does not say that it is no program, and any value of 1 or more
// complains in the system's log. All of ours say it. Code can be mapped from such a file nevertheless, and the dynamic
// loader opens it. Tested in unittests/support/memory_file_test.cpp; scripts/check_includes.py refuses memfd_create
// elsewhere.
#pragma once

#include "support/descriptor.h"

#include <sys/mman.h>

#include <cerrno>
#include <string>

namespace dijitso {

// By which an open file can be opened again, and read. Not below /proc/self, where nothing is left of a process whose
// main thread has ended while others go on.
inline std::string path_of_open_file(int descriptor) { return "/proc/thread-self/fd/" + std::to_string(descriptor); }

// Not open, with errno, when there is none to be had. The name is for people, who see it in /proc; it may be long.
inline Descriptor open_memory_file(const std::string& name) {
  constexpr unsigned is_no_program = 0x8;             // MFD_NOEXEC_SEAL, which headers older than Linux 6.3 lack
  const std::string shortened = name.substr(0, 200);  // the system takes 249 letters
  const int number = ::memfd_create(shortened.c_str(), MFD_CLOEXEC | is_no_program);
  if (number >= 0 || errno != EINVAL) return Descriptor(number);
  return Descriptor(::memfd_create(shortened.c_str(), MFD_CLOEXEC));  // kernels older than that, too
}

}  // namespace dijitso
