"""The main function `jit` and what belongs to it."""
from __future__ import annotations

import ctypes
from types import ModuleType
from typing import TYPE_CHECKING, Any, Callable, Iterable, Optional, Sequence

from dijitso import _dijitso
from dijitso.errors import DijitsoError
from dijitso.library import Library

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    Generate = Callable[[Any, str, str, dict[str, Any]], tuple[Optional[str], str, Sequence[str]]]
    Blob = NDArray[numpy.uint8]

__all__ = ["DijitsoError", "extract_factory_function", "jit", "jit_async", "jit_many", "jit_signature", "wait_optimized"]

# What factories return lives in code that nobody else may hold.
_needed_for_ever: set[_dijitso.Code] = set()


def extract_factory_function(lib: Any, name: str) -> Any:
    """Extract a function `void* name()` from a loaded library.

    For any other type of function take `lib.name` and set its `restype` and `argtypes`, as the documentation of ctypes says.

    Returns the function, which returns an address or None. Raises AttributeError when the library has no such function. What the
    function makes may outlive the library object, so from now on the code stays loaded until the process ends.
    """
    function = getattr(lib, name)
    function.restype = ctypes.c_void_p
    if isinstance(lib, Library):
        _needed_for_ever.add(lib._code)
    return function


def jit_signature(name: str, params: dict[str, Any] | None) -> str:
    """Compute a signature from a name and the parameters `generator` and `build`: `<name>_<digest>`."""
    return _dijitso.jit_signature(name, params)


def jit(
    jitable: Any,
    name: str,
    params: dict[str, Any] | None,
    generate: Generate | None = None,
    send: Callable[[Blob], object] | None = None,
    receive: Callable[[], Blob] | None = None,
    wait: Callable[[], object] | None = None,
) -> tuple[Any, str]:
    """Just-in-time compile a module of generated code, or take it from the cache.

    Returns the library object (see dijitso.library) and its signature, which is `name`. The name should identify the jitable;
    parameters need not be part of it: a module is only taken from the cache when it was built with the same parameters, compiler,
    headers and dependencies.

    If the module is in no cache, `generate` is called:

        header, source, dependencies = generate(jitable, name, signature, params["generator"])

    It translates the jitable into C++ (or C). `dependencies` are signatures that other calls of jit returned, also calls made inside
    `generate`; their headers can be included, and their functions used. An exception of `generate` passes through unchanged.

    Processes can share the work (with MPI, see dijitso.mpi). Unless the module is in memory,

      * a builder, which has `generate`, builds, or finds the module in its cache, and calls `send(numpy_array)`, if given, with it as
        bytes (or with the reason why there is none);
      * a receiver, which has `receive`, calls `numpy_array = receive()` to get these bytes, and keeps them in its cache;
      * a waiter has neither, and takes the module from the cache afterwards;
      * all of them call `wait()` once, if given, before they load the module.

    So it does not matter which caches have the module; but all these processes must have it in memory, or none of them.

    Raises CompileFailed, LinkFailed, GenerateFailed, CacheError, CommunicationError or InvalidArgument of dijitso.errors. Other
    threads may run while this one compiles, links or waits; a module that several threads ask for is built once.
    """
    return _dijitso.jit(jitable, name, params, generate, send, receive, wait)


def jit_async(jitable: Any, name: str, params: dict[str, Any] | None, generate: Generate | None = None) -> _dijitso.Future:
    """`jit` without waiting for the compile, which goes on on other threads (`build.jobs` of them).

    Memory and cache are looked into, and `generate` is called, before this returns. The future that it returns has the attribute
    `signature` and the methods `is_ready()` and `result()`: the library, when it is compiled and loaded, or the exception of jit.
    """
    return _dijitso.jit_async(jitable, name, params, generate)


def jit_many(
    requests: Iterable[tuple[Any, str, dict[str, Any] | None, Generate | None]],
) -> list[tuple[Any, str]]:
    """`jit` of several modules, each given as (jitable, name, params, generate): generated in this order, compiled at the same time.

    A module may name those before it as dependencies. Returns what jit returns for each. The first failure in this order is raised;
    the other modules are in the cache then.
    """
    futures = [jit_async(*request) for request in requests]
    return [(future.result(), future.signature) for future in futures]


def wait_optimized(library: Any) -> bool:
    """Wait until a library that jit returned, and all that it depends on, run optimised code.

    Of use with the parameter build.tier "auto" only. False when the quick code of any of them stays.
    """
    if isinstance(library, ModuleType):  # a shared library, which is made of optimised code
        return True
    return _dijitso.wait_optimized(library._code)
