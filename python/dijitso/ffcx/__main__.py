"""Runs a Python program whose FFCx compiles in the process, without a C compiler.

usage: python -m dijitso.ffcx PROG.py [ARGUMENT...]
"""
from __future__ import annotations

import sys

from dijitso.ffcx import install
from dijitso.run import run


def main() -> None:
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        is_help = sys.argv[1:2] in (["-h"], ["--help"])
        print(__doc__, file=sys.stdout if is_help else sys.stderr)
        sys.exit(0 if is_help else 2)
    install()
    run(sys.argv[1:], "dijitso.ffcx")


if __name__ == "__main__":
    main()
