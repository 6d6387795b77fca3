#!/usr/bin/env python3
"""Checks that includes between folders point downward only, as ARCHITECTURE.md draws them, and that memory files are made
and directories are listed in one place."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# Folder of the including file -> folders whose files it may include (besides its own and the public headers).
ALLOWED = {
    "include/dijitso": set(),
    "llvm-config": set(),
    "lib/support": set(),
    "lib/params": {"lib/support"},
    "lib/signatures": {"lib/support", "lib/params"},
    "cache": {"lib/support", "lib/params", "lib/signatures"},
    "lib/compile": {"lib/support", "llvm-config"},
    "lib/export": {"lib/support", "llvm-config"},
    "orc": {"lib/support", "llvm-config"},
    "lib/comm": {"lib/support"},
    "lib/jit": {"lib/support", "lib/params", "lib/signatures", "cache", "lib/compile", "lib/export", "orc",
                "llvm-config"},
    "lib/cc": {"lib/support", "lib/params", "cache", "lib/compile", "lib/jit"},
    # Of lib/jit it uses the public headers.
    "lib/cmdline": {"lib/support", "lib/params", "cache", "llvm-config"},
    "tools/dijitso-cc": set(),
    "tools/dijitso-cache": set(),
    "tools/dijitso-cache/object-reader": set(),
    "lib/capi": {"lib/support"},
    "python/src": set(),
    "examples": set(),
}
COMMAND_FOLDERS = {"lib/cmdline", "tools/dijitso-cache", "tools/dijitso-cache/object-reader", "examples"}  # not in other people's programs
LLVM_FOLDERS = {"llvm-config", "lib/compile", "lib/export", "orc", "tools/dijitso-cache/object-reader"}


def folder_of(path):
    text = path.as_posix()
    matches = [folder for folder in ALLOWED if text.startswith(folder + "/")]
    return max(matches, key=len, default=None)


def target_of(include):
    for base in (ROOT, ROOT / "lib"):
        if (base / include).is_file():
            return folder_of((base / include).relative_to(ROOT))
    return None


def main():
    faults = []
    for path in sorted(ROOT.rglob("*")):
        relative = path.relative_to(ROOT)
        folder = folder_of(relative)
        if path.suffix not in (".h", ".cpp", ".in") or folder is None:
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if "memfd_create(" in line and relative.as_posix() != "lib/support/memory_file.h":
                faults.append(f"{relative}:{number}: open_memory_file() of lib/support/memory_file.h knows vm.memfd_noexec")
            if re.search(r"\b(fs|filesystem)::(recursive_)?directory_iterator", line) and folder not in COMMAND_FOLDERS:
                faults.append(f"{relative}:{number}: for_each_name() of lib/support/directory.h does not end the program without memory")
            match = re.match(r'\s*#\s*include\s+[<"]([^>"]+)[>"]', line)
            if not match:
                continue
            include = match.group(1)
            where = f"{relative}:{number}: includes {include}"
            if re.match(r"(llvm|clang|lld)(-c)?/", include) and folder not in LLVM_FOLDERS and include != "llvm-c/blake3.h":
                faults.append(f"{where}: only {', '.join(sorted(LLVM_FOLDERS))} may include LLVM")
            if include == "mpi.h" and folder != "lib/comm" and relative.as_posix() != "include/dijitso/mpi.h":
                faults.append(f"{where}: only dijitso/mpi.h and lib/comm may include MPI")
            if folder == "include/dijitso" and re.match(r"(spdlog|nlohmann)", include):
                faults.append(f"{where}: public headers show no such type")
            target = target_of(include)
            if target and target != folder and target != "include/dijitso" and target not in ALLOWED[folder]:
                faults.append(f"{where}: {folder} must not include {target}")
    print("\n".join(faults) if faults else "check_includes: all includes point downward")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
