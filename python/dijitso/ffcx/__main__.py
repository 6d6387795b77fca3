"""Runs a Python program whose FFCx compiles in the process, without a C compiler.

usage: python -m dijitso.ffcx PROG.py [ARGUMENT...]
"""
from __future__ import annotations

import os
import runpy
import sys

from dijitso.ffcx import install


def main() -> None:
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        is_help = sys.argv[1:2] in (["-h"], ["--help"])
        print(__doc__, file=sys.stdout if is_help else sys.stderr)
        sys.exit(0 if is_help else 2)
    program = sys.argv[1]
    if not os.path.isfile(program):
        sys.exit(f"dijitso.ffcx: there is no program '{program}'")
    install()
    # Set both as `python PROG.py` does.
    del sys.argv[0]
    sys.path[0] = os.path.dirname(os.path.abspath(program))
    runpy.run_path(program, run_name="__main__")


if __name__ == "__main__":
    main()
