"""Programs that compile generated code with the compiler of the machine compile it in this process instead.

    import dijitso
    dijitso.install("cffi", "setuptools")

or, without a change to the program, `python -m dijitso.run PROGRAM.py`, or DIJITSO_INSTALL=cffi,setuptools in the environment. A hook
replaces a few functions of one package, when a program imports it, and knows which versions of these functions it can replace.
"""
from __future__ import annotations

import os
import sys

import dijitso
from dijitso.errors import DijitsoError, InvalidArgument

TYPE_CHECKING = False  # typing is not imported for it
if TYPE_CHECKING:
    from dijitso.hooks._mechanism import Hook

__all__ = ["install", "known", "uninstall"]


_NAMES = ("cffi", "ffcx", "loopy", "pyop2", "setuptools", "sympy", "torch")  # each is a module of this package
# Packages that a hook of another name serves, because they use what it changes.
_SERVED = {"brian2": "setuptools", "cython": "setuptools", "distutils": "setuptools", "dolfinx": "ffcx", "firedrake": "pyop2",
           "numpy.distutils": "setuptools", "pyximport": "setuptools"}


def _hook(name: str) -> Hook:
    hook: Hook = dijitso._module(f"hooks.{name}").HOOK
    return hook


def known() -> dict[str, str]:
    """The names of all hooks, each with the versions of its package that it was tried with."""
    return {name: _hook(name).versions for name in _NAMES}


def install(*names: str) -> None:
    """Install hooks, by default all. A package that is not imported yet is changed when it is.

    A second call changes nothing. Functions that were imported from a package by name before are not replaced. Raises InvalidArgument for a
    name that is not known, and DijitsoError for a package whose functions are not those that the hook knows: at once if the
    package is imported already, otherwise where it is imported. May be called from any thread.
    """
    from dijitso.hooks import _mechanism

    for hook in _named(names):
        _mechanism.install(hook)


def uninstall(*names: str) -> None:
    """Take hooks back, by default all, and restore the functions of the packages. May be called from any thread."""
    from dijitso.hooks import _mechanism

    for hook in _named(names):
        _mechanism.uninstall(hook)


def _named(names: tuple[str, ...]) -> list[Hook]:
    for name in names:
        if name not in _NAMES:
            served = _SERVED.get(name.lower()) if isinstance(name, str) else None
            remedy = f"install '{served}' for it" if served else f"dijitso knows {', '.join(_NAMES)}"
            raise InvalidArgument(f"there is no hook '{name}': {remedy}")
    return [_hook(name) for name in names or _NAMES]


def install_from_environment() -> None:
    """Install the hooks that DIJITSO_INSTALL names, with commas between them, or "all". An error is shown and stops nothing, because
    Python calls this when it starts (dijitso.pth)."""
    names = [name.strip() for name in os.environ.get("DIJITSO_INSTALL", "").split(",") if name.strip()]
    try:
        if names:
            install(*(_NAMES if names == ["all"] else names))
    except DijitsoError as error:
        print(f"dijitso: DIJITSO_INSTALL has no effect: {error}", file=sys.stderr)
