// System calls that fail from now on, in this process and its children, as a security policy makes them fail. For
// children of a test.
#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <vector>

namespace dijitso::testing {

// `call` fails when its argument of this number has one of `bits`, or, with `refused_without`, when it has none of
// them.
inline void refuse_call(unsigned call, unsigned argument, unsigned bits, bool refused_without = false,
                        unsigned error = EPERM) {
  const unsigned char with = refused_without ? 0 : 1, without = refused_without ? 1 : 0;
  std::vector<sock_filter> filter = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 2),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<unsigned>(offsetof(seccomp_data, args)) + 8 * argument),
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, bits, with, without),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
  };
  const sock_fprog program = {static_cast<unsigned short>(filter.size()), filter.data()};
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
    ::_exit(2);
}

// Always.
inline void refuse_call(unsigned call) { refuse_call(call, 0, 0, true); }

}  // namespace dijitso::testing
