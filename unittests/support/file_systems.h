// File systems that misbehave on request, for a child process only: a small one, a read-only one, one without hard
// links.
#pragma once

#include "unittests/support/scratch.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <cerrno>

namespace dijitso::testing {

// Mounts an empty file system of `size` (as mount takes it) that only this process sees. Needs root or user namespaces.
inline void mount_small(const fs::path& directory, const std::string& size) {
  const uid_t user = ::geteuid();
  const gid_t group = ::getegid();
  expect(::unshare(user == 0 ? CLONE_NEWNS : CLONE_NEWNS | CLONE_NEWUSER) == 0,
         "cannot mount here: run the tests as root, or allow user namespaces");
  if (user != 0) {
    std::ofstream("/proc/self/uid_map") << "0 " << user << " 1";
    std::ofstream("/proc/self/setgroups") << "deny";
    std::ofstream("/proc/self/gid_map") << "0 " << group << " 1";
  }
  expect(::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, "cannot make the mounts private");
  expect(::mount("none", directory.c_str(), "tmpfs", 0, ("mode=0700,size=" + size).c_str()) == 0,
         "cannot mount a tmpfs");
}

inline void make_read_only(const fs::path& directory) {
  expect(::mount("none", directory.c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr) == 0, "cannot remount read-only");
}

inline void filter_calls(std::vector<sock_filter> program) {
  program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
  expect(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "cannot restrict this process");
  expect(::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) == 0, "cannot install the filter");
}

inline sock_filter fail_with(int error) {
  return BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<unsigned>(error));
}

// Lets these system calls fail with `error` in this process from now on.
inline void forbid(const std::vector<long>& calls, int error) {
  std::vector<sock_filter> program{BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr))};
  for (long call : calls) {
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(call), 0, 1));
    program.push_back(fail_with(error));
  }
  filter_calls(std::move(program));
}

// The same for a call whose argument with this number has this value.
inline void forbid_with(long call, std::size_t argument, unsigned value, int error) {
  const auto low_half = static_cast<unsigned>(offsetof(seccomp_data, args) + argument * sizeof(__u64));
  filter_calls({BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(call), 0, 3),
                BPF_STMT(BPF_LD | BPF_W | BPF_ABS, low_half), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1),
                fail_with(error)});
}

inline std::vector<long> link_calls() {
#ifdef SYS_link
  return {SYS_link, SYS_linkat};
#else
  return {SYS_linkat};
#endif
}

// Gives up root for the user "nobody", so that permission bits count.
inline void become_nobody() {
  if (::geteuid() != 0) return;
  expect(::setgid(65534) == 0 && ::setuid(65534) == 0, "cannot change the user");
}

}  // namespace dijitso::testing
