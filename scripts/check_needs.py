#!/usr/bin/env python3
"""Checks which systems the programs and libraries in a tree run on: the symbol versions of the C and C++ libraries that they need.

usage: check_needs.py [--glibc VERSION] TREE...

Prints the newest versions that are needed, and fails when a file needs newer ones than glibc 2.34, and the libstdc++, libgcc_s and zlib
of its time (GCC 11), have: the limits of manylinux_2_34. With --glibc 2.31 it lists what is above that. Of a copy of libstdc++ or libgcc_s
it only says what that needs, because scripts/bundle can leave it out.
"""
import argparse
import pathlib
import re
import subprocess
import sys

LIMITS = {"GLIBC": "2.34", "GLIBCXX": "3.4.29", "CXXABI": "1.3.13", "GCC": "7.0.0", "ZLIB": "1.2.9"}
MACHINES_OWN = re.compile(r"lib(stdc\+\+|gcc_s)\.so\.")


def elf_files(tree):
    def is_elf(path):
        with path.open("rb") as file:
            return file.read(4) == b"\x7fELF"

    return [path for path in sorted(pathlib.Path(tree).rglob("*")) if path.is_file() and not path.is_symlink() and is_elf(path)]


def number(version):
    """A version as what can be compared. Names that are no numbers (PRIVATE, ABI_DT_RELR) are above all."""
    return tuple(map(int, version.split("."))) if re.fullmatch(r"[\d.]+", version) else (999,)


class Needs:
    """What one file needs: `libraries`, and `symbols` by family and version: {"GLIBC": {"2.34": ["dlopen", ...]}}."""

    def __init__(self, path):
        text = subprocess.run(["readelf", "--dynamic", "--version-info", "--dyn-syms", "--wide", path], check=True, capture_output=True,
                              text=True).stdout
        self.libraries = re.findall(r"\(NEEDED\).*\[(.*)\]", text)
        self.symbols = {}
        for family, version in re.findall(r" Name: ([A-Z]+)_(\S+) +Flags:", text):
            self.symbols.setdefault(family, {}).setdefault(version, [])
        for symbol, family, version in re.findall(r" ([^\s@]+)@([A-Z]+)_(\S+)", text):
            self.symbols.get(family, {}).get(version, []).append(symbol)  # what the file itself defines is not needed

    def above(self, limits):
        """Pairs of a version that is above the limits, and the symbols that need it."""
        return [(f"{family}_{version}", symbols) for family, limit in limits.items()
                for version, symbols in sorted(self.symbols.get(family, {}).items()) if number(version) > number(limit)]


def newest(needs):
    """The newest version of each family that any of these files needs."""
    return {family: max((version for need in needs for version in need.symbols.get(family, {})), key=number, default="none") for family in LIMITS}


def check(tree, limits):
    """Prints what the files of the tree need; whether all are within the limits."""
    own, fine = [], True
    paths = elf_files(tree)
    if not paths:
        sys.exit(f"check_needs.py: there are no programs and libraries in '{tree}'")
    for path in paths:
        needs = Needs(path)
        above = needs.above(limits)
        if MACHINES_OWN.match(path.name):
            print(f"{path.name} is the building machine's, and needs glibc {newest([needs])['GLIBC']}")
            continue
        own.append(needs)
        for version, symbols in above:
            print(f"{path} needs {version}: {', '.join(symbols)}", file=sys.stderr)
            fine = False
    print(f"{len(own)} files need", ", ".join(f"{family} {version}" for family, version in newest(own).items()))
    return fine


def main():
    parser = argparse.ArgumentParser(usage="check_needs.py [--glibc VERSION] TREE...")
    parser.add_argument("--glibc", default=LIMITS["GLIBC"])
    parser.add_argument("trees", nargs="+", metavar="TREE")
    given = parser.parse_args()
    sys.exit(not all([check(tree, {**LIMITS, "GLIBC": given.glibc}) for tree in given.trees]))


if __name__ == "__main__":
    main()
