"""setuptools and distutils, and all that uses them: extensions of C, C++ and Cython, Cython.inline, pyximport, brian2.

Their compiler object runs commands with its method `spawn`. Those that compile or link C and C++ run in this process, so
all arguments of an Extension mean what they mean otherwise. The others, as for Fortran or for a program, are started, with a warning.
"""
from __future__ import annotations

import contextlib
import os
import threading
from types import ModuleType
from typing import Any, Callable, Iterator, Sequence

from dijitso.errors import DijitsoError
from dijitso.hooks import _command
from dijitso.hooks._mechanism import Hook, Replacement, checked

# The parameters of spawn of the class of compilers.
SPAWN = {
    "distutils of CPython 3.11": ("self", "cmd"),
    "setuptools 60 to 80": ("self", "cmd", "kwargs"),
    "numpy.distutils 1.24 to 1.26": ("self", "args", "kw"),
}
CLASSES = {
    "distutils.ccompiler": "CCompiler",
    "setuptools._distutils.ccompiler": "CCompiler",
    "distutils.compilers.C.base": "Compiler",
    "setuptools._distutils.compilers.C.base": "Compiler",
    "numpy.distutils.ccompiler": "CCompiler",  # replaces the method of the class above
}


_lock = threading.Lock()
_users = 0  # of compilers_in_process


@contextlib.contextmanager
def compilers_in_process() -> Iterator[None]:
    """Have setuptools and distutils compile in this process meanwhile, on all threads: numpy.distutils compiles on threads of its own."""
    _add_user(1)
    try:
        yield
    finally:
        _add_user(-1)


def _add_user(number: int) -> None:
    global _users
    with _lock:
        _users += number


def seams(hook: str, is_active: Callable[[], bool]) -> dict[str, Callable[[ModuleType], list[Replacement]]]:
    """What is replaced for the hook of this name; only while `is_active`, something happens."""

    def make(stock: Callable[..., Any]) -> Callable[..., Any]:
        def spawn(self: Any, cmd: Sequence[str], *args: Any, **kwargs: Any) -> Any:
            if is_active() and not getattr(self, "dry_run", False):
                return _run(_without_debug(cmd, getattr(self, "compiler_so", [])), lambda: stock(self, cmd, *args, **kwargs))
            return stock(self, cmd, *args, **kwargs)

        return spawn

    def seam(module: ModuleType) -> list[Replacement]:
        return [checked(hook, getattr(module, CLASSES[module.__name__]), "spawn", SPAWN, make)]

    return dict.fromkeys(CLASSES, seam)


def seams_meanwhile(hook: str) -> dict[str, Callable[[ModuleType], list[Replacement]]]:
    """The same for a hook that uses `compilers_in_process`."""
    return seams(hook, lambda: _users > 0)


def _without_debug(cmd: Sequence[str], own: Sequence[str]) -> list[str]:
    """The command without the -g that Python was compiled with; with it no headers are precompiled. One of the user stays."""
    words, count = list(cmd), len(own)
    if words[:count] != list(own) or "-g" in os.environ.get("CFLAGS", "").split():
        return words
    return [word for word in words[:count] if word != "-g"] + words[count:]


def _run(cmd: Sequence[str], start: Callable[[], Any]) -> Any:
    from distutils.errors import DistutilsExecError

    command = _command.parse(list(cmd))
    if command is None:
        from dijitso import log

        log.warning("not C or C++ for a library, so it is started: %s", " ".join(map(str, cmd)))
        return start()
    try:
        _command.run(command)
    except (_command.CommandFailed, DijitsoError) as error:
        raise DistutilsExecError(str(error)) from error


HOOK: Hook = Hook("setuptools", "setuptools 60 to 80, distutils of CPython 3.11", seams("setuptools", lambda: True))
