/* Runs a program in which written memory cannot become executable, as systemd's MemoryDenyWriteExecute= and hardened
   systems have it:
     under_mdwe [--filter | --nothing] PROGRAM ARGUMENTS...
   By PR_SET_MDWE; where the kernel lacks it (before Linux 6.3), or with --filter, by the seccomp filter with which
   systemd does it there. With --nothing, memory files (memfd_create) are refused too. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { set_mdwe = 65, refuse_exec_gain = 1 }; /* PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN */

static int set_filter(int memory_files) {
  struct sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, memory_files ? ~0u : SYS_memfd_create, 8, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mprotect, 4, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pkey_mprotect, 3, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mmap, 0, 4),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_WRITE, 1, 2),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
  };
  struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -1;
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

/* Whether it has the effect that the tests count on. */
static int is_refused(void) {
  void* page = mmap(NULL, 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return page != MAP_FAILED && mprotect(page, 1, PROT_READ | PROT_EXEC) != 0;
}

int main(int count, char** arguments) {
  const char* option = count > 1 && arguments[1][0] == '-' ? arguments[1] : "";
  const int nothing = strcmp(option, "--nothing") == 0;
  char** program = arguments + (*option ? 2 : 1);
  if (count < (*option ? 3 : 2))
    return fputs("usage: under_mdwe [--filter | --nothing] PROGRAM ARGUMENTS...\n", stderr), 2;
  if (*option || prctl(set_mdwe, refuse_exec_gain, 0, 0, 0) != 0) {
    if (set_filter(!nothing) != 0) return perror("under_mdwe: seccomp"), 2;
  }
  if (!is_refused()) return fputs("under_mdwe: written memory can still be made executable\n", stderr), 2;
  execvp(*program, program);
  return perror(*program), 2;
}
