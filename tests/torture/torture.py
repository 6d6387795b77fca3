"""What the torture suites share: programs that are run, watched by strace, killed, or given an error by a system call.

TORTURE=full in the environment runs everything; without it each suite takes a sample that is the same every time. TORTURE=1/8 is a full
run of which the long suites, errors and kill, take every eighth run, beginning with number TORTURE_PART (1): parts 1 to 8 are everything."""
import collections
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import unittest

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import place

PROGRAMS = None  # the folder with torture_worker and dijitso-cache
IS_FULL = bool(os.environ.get("TORTURE"))
PARTS = int((os.environ.get("TORTURE") or "full").replace("full", "1/1").removeprefix("1/"))
PART = int(os.environ.get("TORTURE_PART", "1"))
BOUND = 120  # seconds: only a run that hangs takes as long
BEGIN = "/dijitso-torture-begins"

# System calls that name, make, read or change files, take memory, or make threads.
FILES = ("open openat read pread64 readv write pwrite64 writev close stat fstat lstat newfstatat statx lseek access faccessat "
         "faccessat2 getdents64 readlink readlinkat fcntl dup statfs fstatfs link linkat rename renameat renameat2 unlink "
         "unlinkat mkdir mkdirat rmdir chmod fchmod fchmodat fchown fsync fdatasync ftruncate fallocate utimensat "
         "memfd_create copy_file_range sendfile pipe pipe2 flock umask getcwd").split()
CHANGES = ("write pwrite64 writev link linkat rename renameat renameat2 unlink unlinkat mkdir mkdirat rmdir chmod fchmod "
           "fchmodat fsync fdatasync ftruncate utimensat openat").split()
ERRORS = "EIO ENOSPC EACCES EMFILE EINTR ESTALE EDQUOT EROFS ENOMEM".split()

Run = collections.namedtuple("Run", "code output errors")


class TortureTest(place.PlaceTest):
    def run_program(self, command, prefix=(), **environment):
        """A whole run. One that hangs fails the test."""
        program, *arguments = command
        process = subprocess.Popen([*prefix, os.path.join(PROGRAMS, program), *map(str, arguments)], cwd=self.home,
                                   env={**self.env, **environment}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, errors="replace", start_new_session=True)
        try:
            output, errors = process.communicate(timeout=BOUND)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # also what strace runs
            process.communicate()
            self.fail("hangs: %s %s" % (prefix, command))
        return Run(process.returncode, output, errors)

    def headers_command(self):
        """The worker's command that precompiles. What it includes is just long enough for that, in few files: each call that it takes to
        read one more would be made to fail too, and parsing takes most of the time."""
        header = self.home / "long.h"
        header.write_text("#include <cstddef>\n#include <initializer_list>\n// %s\ninline std::size_t one() { return 1; }\n" % ("x" * 1_000_000))
        return ("torture_worker", "headers", header)

    def must_run(self, *command, **environment):
        run = self.run_program(command, **environment)
        self.assertEqual(run.code, 0, (command, run))
        return run

    def counters(self, *command, **environment):
        return json.loads(self.must_run(*command, **environment).output.splitlines()[-1])

    def calls_of(self, command, names, **environment):
        """{name of a system call: the numbers of its calls, as strace counts them}, without the start of the program."""
        log = self.tmp / "calls"
        prefix = ["/usr/bin/strace", "-f", "-qq", "-o", str(log), "-e", "trace=access," + ",".join("?" + n for n in names)]
        run = self.run_program(command, prefix, **environment)
        self.assertEqual(run.code, 0, run)
        has_marker = command[0] == "torture_worker"
        begun = not has_marker
        counts, numbers = collections.Counter(), collections.defaultdict(set)
        for line in log.read_text(errors="replace").splitlines():
            call = re.match(r"(\d+) +(\w+)\(", line)
            if not call:
                continue  # the second half of an interrupted line, a signal, an end
            begun = begun or BEGIN in line
            counts[call.groups()] += 1  # strace counts for each thread
            if begun and BEGIN not in line:
                numbers[call[2]].add(counts[call.groups()])
        self.assertTrue(numbers, "strace saw no system call of %s" % (command,))
        return numbers

    def injected(self, command, call, number, what, **environment):
        """A run in which the call with this number fails, or brings a signal."""
        # strace 6.1 does not count signals right with --seccomp-bpf, which is faster.
        faster = ["--seccomp-bpf"] if what.startswith("error") else []
        prefix = ["/usr/bin/strace", "-f", "-qq", "-o", "/dev/null", *faster, "-e", "trace=" + call,
                  "-e", "inject=%s:%s:when=%d" % (call, what, number)]
        return self.run_program(command, prefix, **environment)

    def leftovers(self):
        return sorted(str(path.relative_to(self.cache)) for folder in ("tmp", "claims")
                      if (self.cache / folder).is_dir() for path in (self.cache / folder).iterdir())

    def restore(self, saved):
        shutil.rmtree(self.cache, ignore_errors=True)
        if saved is not None:
            shutil.copytree(saved, self.cache, symlinks=True)

    def save(self):
        saved = self.tmp / "saved"
        shutil.rmtree(saved, ignore_errors=True)
        shutil.copytree(self.cache, saved, symlinks=True)
        return saved


def sample(items, count):
    """All of them in a full run, else some: the same ones every time."""
    items = sorted(items)
    return items if IS_FULL or len(items) <= count else sorted(random.Random(len(items)).sample(items, count))


def part(items):
    """Of a full run's items, the part that TORTURE says."""
    return items[PART - 1::PARTS]


def main():
    if len(sys.argv) < 2 or not os.access(os.path.join(sys.argv[1], "torture_worker"), os.X_OK):
        sys.exit("usage: %s <folder of the programs> [unittest options]" % sys.argv[0])
    sys.modules["torture"].PROGRAMS = os.path.abspath(sys.argv.pop(1))
    if not 1 <= PART <= PARTS:
        sys.exit("TORTURE_PART=%d: there are parts 1 to %d" % (PART, PARTS))
    unittest.main(module="__main__")
