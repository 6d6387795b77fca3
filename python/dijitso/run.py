"""Runs a Python program whose packages compile generated code in the process, without a C compiler.

usage: python -m dijitso.run [--hooks=NAME,...] PROGRAM.py [ARGUMENT...]
       python -m dijitso.run [--hooks=NAME,...] -m MODULE [ARGUMENT...]
       python -m dijitso.run [--hooks=NAME,...] -c CODE [ARGUMENT...]

Without --hooks, all are installed (docs/integrations.md). Processes of Python that the program starts have the same hooks, if dijitso is installed
in their site-packages.
"""
from __future__ import annotations

import os
import sys
from types import ModuleType

from dijitso.errors import InvalidArgument
from dijitso.hooks import install


def main() -> None:
    """Run the program of the command line."""
    words = sys.argv[1:]
    names: list[str] = []
    if words and words[0].startswith("--hooks="):
        names = [name for name in words.pop(0).partition("=")[2].split(",") if name]
    is_program = bool(words) and (words[0] in ("-m", "-c") and len(words) > 1 or not words[0].startswith("-"))
    if not is_program:
        is_help = words[:1] in (["-h"], ["--help"])
        print(__doc__, file=sys.stdout if is_help else sys.stderr)
        sys.exit(0 if is_help else 2)
    try:
        install(*names)
    except InvalidArgument as error:
        sys.exit(f"dijitso.run: {error}")
    os.environ["DIJITSO_INSTALL"] = ",".join(names) or "all"
    run(words)


def run(words: list[str], name: str = "dijitso.run") -> None:
    """Run `words`, a program and its arguments, as `python` does with them. `name` is ours, for an error."""
    kind, what = (words[0], words[1]) if words[0] in ("-m", "-c") else ("", words[0])
    if kind == "-m":
        import runpy

        sys.argv[:] = words[1:]
        sys.path[0] = os.getcwd()
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    elif kind == "-c":
        sys.argv[:] = ["-c", *words[2:]]
        sys.path[0] = ""
        _run_text(what, "<string>")
    else:
        if not os.path.isfile(what):
            sys.exit(f"{name}: there is no program '{what}'")
        sys.argv[:] = words
        sys.path[0] = os.path.dirname(os.path.abspath(what))
        _run_file(what)


def _run_file(path: str) -> None:
    with open(path, "rb") as file:
        text = file.read()
    if b"\0" in text:  # not a text: compiled, or an archive (zipapp)
        import runpy

        runpy.run_path(path, run_name="__main__")
    else:  # without runpy, which would import typing and more
        _run_text(text, path, __file__=path)


def _run_text(text: str | bytes, path: str, **names: str) -> None:
    module = sys.modules["__main__"] = ModuleType("__main__")
    vars(module).update(names)
    exec(compile(text, path, "exec", dont_inherit=True), vars(module))


if __name__ == "__main__":
    main()
