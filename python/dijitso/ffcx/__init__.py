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

from typing import Any, Callable

from dijitso.ffcx._compile import in_process, interface
from dijitso.ffcx._modules import JITModule

__all__ = ["JITModule", "install", "uninstall"]

# The functions that are replaced, if this version of FFCx has them.
_NAMES = ("compile_forms", "compile_elements", "compile_expressions")
_stock: dict[str, Callable[..., Any]] = {}


def install() -> None:
    """Make the functions of ffcx.codegeneration.jit compile in this process. A second call changes nothing.

    Functions that were imported from there by name before are not replaced. Raises DijitsoError for an unknown version of FFCx.
    """
    import ffcx.codegeneration.jit as jit  # type: ignore[import]

    interface()
    stock = {name: getattr(jit, name) for name in _NAMES if hasattr(jit, name) and name not in _stock}
    ours = {name: in_process(function) for name, function in stock.items()}
    _stock.update(stock)
    for name, function in ours.items():
        setattr(jit, name, function)


def uninstall() -> None:
    """Restore the functions of FFCx."""
    import ffcx.codegeneration.jit as jit

    while _stock:
        setattr(jit, *_stock.popitem())
