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
from dijitso import _dijitso

_dijitso.check_interpreter()  # must come before all other imports

from dijitso import build, cache, cmdline, compiled, errors, extensions, library, log, mpi, params, py23, signatures, system
from dijitso._dijitso import __version__
from dijitso.compiled import CompiledLibrary, compile, compile_file, typed
from dijitso.errors import DijitsoError
from dijitso.extensions import extension
from dijitso.hooks import install, uninstall

# As attribute of the package, the function replaces the module dijitso.jit: dijitso.jit(...) and
# `from dijitso.jit import jit` both work.
from dijitso.jit import extract_factory_function, jit, jit_async, jit_many, wait_optimized
from dijitso.log import set_log_level
from dijitso.params import validate_params

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


def load_ipython_extension(ipython: object) -> None:
    """Called by `%load_ext dijitso` in IPython: see dijitso.ipython."""
    from dijitso.ipython import load_ipython_extension

    load_ipython_extension(ipython)
