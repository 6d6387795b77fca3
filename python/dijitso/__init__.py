"""Just-in-time compiler and object cache for generated C and C++ code.

    import dijitso

    lib = dijitso.compile("double f(double x) { return 2 * x; }")
    lib.f(2.0)

Code generators name their modules, and generate only what no cache has:

    params = dijitso.validate_params({})
    lib, signature = dijitso.jit(None, "answer", params, generate=lambda jitable, name, signature, generator:
                                 ("", 'extern "C" int answer() { return 42; }', ()))
    lib.answer()

Code is compiled and linked in this process, without a compiler on the machine, and kept in a cache on disk.
"""
from __future__ import annotations

from dijitso import _dijitso

_dijitso.check_interpreter()  # must come before all other imports

# Only what the interpreter has loaded anyway: importlib, threading and collections would take longer than all of dijitso.
import atexit
import os
import sys

from dijitso._dijitso import __version__

# As attribute of the package, the function replaces the module dijitso.jit: dijitso.jit(...) and
# `from dijitso.jit import jit` both work.
from dijitso.jit import extract_factory_function, jit, jit_async, jit_many, wait_optimized

TYPE_CHECKING = False  # typing is not imported for it
if TYPE_CHECKING:
    from threading import RLock
    from types import ModuleType

    from dijitso import build, cache, cmdline, compiled, errors, extensions, library, log, mpi, params, py23, signatures, system
    from dijitso.compiled import CompiledLibrary, compile, compile_file, typed
    from dijitso.errors import DijitsoError
    from dijitso.extensions import extension
    from dijitso.hooks import install, uninstall
    from dijitso.log import set_log_level
    from dijitso.params import validate_params
else:
    from _thread import RLock

__all__ = [
    "CompiledLibrary",
    "DijitsoError",
    "__version__",
    "build",
    "cache",
    "cmdline",
    "compile",
    "compile_file",
    "compiled",
    "errors",
    "extension",
    "extensions",
    "extract_factory_function",
    "install",
    "jit",
    "jit_async",
    "jit_many",
    "library",
    "log",
    "mpi",
    "params",
    "py23",
    "set_log_level",
    "signatures",
    "system",
    "typed",
    "uninstall",
    "validate_params",
    "wait_optimized",
]


# The other names, each with its module, which is imported when the name is first used: what a program does not use costs nothing.
_origins = {
    "CompiledLibrary": "compiled", "compile": "compiled", "compile_file": "compiled", "typed": "compiled", "DijitsoError": "errors",
    "extension": "extensions", "install": "hooks", "uninstall": "hooks", "set_log_level": "log", "validate_params": "params",
}


# fork() waits for imports of our own: in the child, Python would hold the lock of a module that another thread was importing for ever.
_importing = RLock()
os.register_at_fork(before=_importing.acquire, after_in_child=_importing.release, after_in_parent=_importing.release)


def _module(name: str) -> ModuleType:
    """Import dijitso.<name> when it is first needed."""
    with _importing:
        __import__(f"dijitso.{name}")
    return sys.modules[f"dijitso.{name}"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'dijitso' has no attribute '{name}'")
    module = _module(_origins.get(name, name))
    found: object = getattr(module, name) if name in _origins else module
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _deliver(level: int, message: str) -> None:
    """Takes the library's messages until dijitso.log is imported. Below a warning nobody can have asked for them without logging."""
    if level >= _WARNING or "logging" in sys.modules:
        from dijitso import log

        log._deliver(level, message)


def _python_ends() -> None:
    log = sys.modules.get("dijitso.log")
    _dijitso.set_log_level(log.get_logger().getEffectiveLevel() if log else _WARNING)
    _dijitso.deliver_to_standard_error()


_WARNING = 30
_dijitso.set_log_level(10)  # Python's logger decides which messages are shown
_dijitso.deliver_to(_deliver)
atexit.register(_python_ends)


def load_ipython_extension(ipython: object) -> None:
    """Called by `%load_ext dijitso` in IPython: see dijitso.ipython."""
    from dijitso.ipython import load_ipython_extension

    load_ipython_extension(ipython)
