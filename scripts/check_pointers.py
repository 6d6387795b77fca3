#!/usr/bin/env python3
"""Checks that comments and ARCHITECTURE.md point at what is there: each file after "Tested in" exists, a name without a
folder somewhere in the tree, and each source file lies in a folder that ARCHITECTURE.md names."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCES = ("*.c", "*.cpp", "*.h", "*.inc", "*.py")


def tracked(*patterns):
    listed = subprocess.run(["git", "ls-files", "-z", "--", *patterns], cwd=ROOT, check=True, capture_output=True, text=True)
    return [name for name in listed.stdout.split("\0") if name]


def pointers(text):
    """The files that sentences with "Tested in" name; comments go over several lines."""
    text = re.sub(r"\n[ \t]*(//|#) ?", " ", text)
    for sentence in re.findall(r"Tested (?:in|by) (.*?)(?:\. |\.?\n|$)", text):
        yield from re.findall(r"[\w./-]*\w+_test\.(?:cpp|py|c)\b", sentence)


def main():
    wrong = []
    everything = set(tracked())
    names = {pathlib.PurePosixPath(name).name for name in everything}
    for source in tracked(*SOURCES):
        for pointer in pointers((ROOT / source).read_text(encoding="utf-8", errors="replace")):
            if pointer not in (everything if "/" in pointer else names):
                wrong.append("%s: 'Tested in' names %s, which is not there" % (source, pointer))
    folders = re.findall(r"`([\w/-]+)/`", (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8"))
    for source in tracked(*SOURCES):
        if "/" in source and not any(source.startswith(folder + "/") for folder in folders):
            wrong.append("%s: lies in no folder that ARCHITECTURE.md names" % source)
    for line in wrong:
        print("check_pointers:", line, file=sys.stderr)
    if not wrong:
        print("check_pointers: all pointers lead somewhere")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
