"""FFCx compiles its forms, elements and expressions in this process, without a C compiler.

    import dijitso.ffcx
    dijitso.ffcx.install()
    # from here on as before: DOLFINx, or ffcx.codegeneration.jit.compile_forms([a, L])

or, without a change to the program: `python -m dijitso.ffcx PROG.py [ARGUMENT...]`.

The functions of ffcx.codegeneration.jit keep their names, arguments and results: (objects, module, (declarations, code)). The last
pair is (None, None) for objects from a cache; the objects are CFFI structures, and the module has `ffi` and `lib`. These arguments
have a special meaning:

    cache_dir                 a cache directory of dijitso (see dijitso-cache); None is the one that dijitso is configured with
    timeout                   seconds to wait for another process that compiles the same; after that it is compiled here too
    cffi_extra_compile_args   flags for the compiler in the process; they follow -O2, or -O0 -g with cffi_debug
    cffi_libraries            libraries that the code needs, as in -l<name>
    cffi_verbose              prints the log of the build

Code is compiled as gnu17 unless the flags name another C standard. Code that does not compile raises
dijitso.errors.CompileFailed with the messages of the compiler. Compiled code stays loaded until the process ends, like
extension modules.
"""
from __future__ import annotations

from dijitso.ffcx._modules import JITModule
from dijitso.hooks import _mechanism
from dijitso.hooks.ffcx import HOOK

__all__ = ["JITModule", "install", "uninstall"]


def install() -> None:
    """Make the functions of ffcx.codegeneration.jit compile in this process. A second call changes nothing.

    Functions that were imported from there by name before are not replaced. Raises DijitsoError for an unknown version of FFCx.
    """
    import ffcx.codegeneration.jit  # type: ignore[import]  # noqa: F401

    _mechanism.install(HOOK)


def uninstall() -> None:
    """Restore the functions of FFCx."""
    _mechanism.uninstall(HOOK)
