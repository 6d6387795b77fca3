#!/usr/bin/env python3
"""Checks with Clang's -Wthread-safety that what a mutex guards is used only while it is locked (lib/support/lock.h).

check_thread_safety.py BUILD-DIRECTORY

Checked are the sources with such marks in them or in their own header; nothing is compiled. The build directory, which
must have been built, gives the include directories.
"""

import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = ("lib", "cache", "orc")
MARK = re.compile(r"\bDIJITSO_(GUARDED_BY|REQUIRES)")
STD_LOCK = re.compile(r"\bstd::((recursive_|shared_|timed_)?mutex|lock_guard|unique_lock|shared_lock|scoped_lock)\b")
CLANG = ["clang++-22", "-fsyntax-only", "-Wno-everything", "-Wthread-safety", "-Werror"]


def has_marks(source):
    return any(MARK.search(file.read_text()) for file in (source, source.with_suffix(".h")) if file.is_file())


def unchecked_locks(file):
    """Locks of the standard library, of which Clang knows nothing."""
    if file.relative_to(ROOT).as_posix() in ("lib/support/lock.h", "lib/support/fork.h"):
        return []
    return [
        f"{file.relative_to(ROOT)}:{number}: Clang cannot check this lock: use those of lib/support/lock.h and fork.h"
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if STD_LOCK.search(line.split("//")[0])
    ]


def check(command):
    words = shlex.split(command["command"])
    flags = [word for word in words if re.match(r"-(D|I|std=)", word)]
    for at, word in enumerate(words):
        if word == "-isystem":
            flags += [word, words[at + 1]]
    result = subprocess.run([*CLANG, *flags, command["file"]], cwd=command["directory"], capture_output=True, text=True)
    return result.stderr if result.returncode else ""


def main(build):
    files = [file for folder in FOLDERS for file in sorted((ROOT / folder).rglob("*")) if file.suffix in (".cpp", ".h")]
    faults = [fault for file in files for fault in unchecked_locks(file)]
    to_check = {str(file) for file in files if file.suffix == ".cpp" and has_marks(file)}
    listed = subprocess.run(["ninja", "-C", build, "-t", "compdb"], check=True, capture_output=True, text=True).stdout
    commands = {command["file"]: command for command in json.loads(listed)}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        faults += [fault for fault in pool.map(check, (commands[file] for file in sorted(to_check))) if fault]
    print("\n".join(faults) if faults else f"check_thread_safety: {len(to_check)} sources use their locks as marked")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
