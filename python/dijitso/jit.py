"""The main function `jit` and related functions."""
from __future__ import annotations

from types import ModuleType

from dijitso import _dijitso
from dijitso.errors import DijitsoError

TYPE_CHECKING = False  # typing is not imported for it
if TYPE_CHECKING:
    from typing import Any, Callable, Iterable, Optional, Sequence

    import numpy
    from numpy.typing import NDArray

    Generate = Callable[[Any, str, str, dict[str, Any]], tuple[Optional[str], str, Sequence[str]]]
    Blob = NDArray[numpy.uint8]

__all__ = ["DijitsoError", "extract_factory_function", "jit", "jit_async", "jit_many", "jit_signature", "wait_optimized"]

# Code of libraries whose factory functions were taken: their results need the code, but do not keep it loaded.
_needed_for_ever: set[_dijitso.Code] = set()


def extract_factory_function(lib: Any, name: str) -> Any:
    """Extract a function `void* name()` from a loaded library.

    For any other type of function take `lib.name` and set its `restype` and `argtypes`, as the documentation of ctypes says.

    Returns the function, which returns an address or None. Raises AttributeError when the library has no such function. The result
    of the function may outlive the library object, so the code stays loaded until the process ends.
    """
    # Imported here, because most programs that import dijitso for its other functions need no ctypes.
    import ctypes

    from dijitso.library import Library

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

    It translates the jitable into C++ (or C). `dependencies` are signatures that other calls of jit returned, also calls made
    inside `generate`; their headers can be included, and their functions used. An exception of `generate` passes through unchanged.

    Processes can share the work (with MPI, see dijitso.mpi). Unless the module is in memory,

      * a builder, which has `generate`, builds the module or finds it in its cache, and calls `send(numpy_array)`, if given, with
        the bytes of the module (or of its failure);
      * a receiver, which has `receive`, calls `numpy_array = receive()` to get these bytes, and stores them in its cache;
      * a waiter has neither, and takes the module from the cache afterwards;
      * all of them call `wait()` once, if given, before they load the module.

    So it does not matter which caches have the module; but either all these processes or none must have it in memory.

    Raises CompileFailed, LinkFailed, GenerateFailed, CacheError, CommunicationError or InvalidArgument of dijitso.errors. Other
    threads may run while this one compiles, links or waits; a module that several threads ask for is built once.
    """
    return _dijitso.jit(jitable, name, params, generate, send, receive, wait)


def jit_async(jitable: Any, name: str, params: dict[str, Any] | None, generate: Generate | None = None) -> _dijitso.Future:
    """`jit` without waiting for the compile, which runs on other threads (`build.jobs` of them).

    Memory and cache are searched, and `generate` is called, before this returns. Returns a future with the attribute `signature`
    and the methods `is_ready()` and `result()`, which waits and returns the loaded library, or raises the exception of jit.
    """
    return _dijitso.jit_async(jitable, name, params, generate)


def jit_many(
    requests: Iterable[tuple[Any, str, dict[str, Any] | None, Generate | None]],
) -> list[tuple[Any, str]]:
    """`jit` of several modules, each given as (jitable, name, params, generate): generated in this order, compiled at the same time.

    A module may name earlier ones as dependencies. Returns the result of jit for each. Raises the first failure in this order; the
    modules that succeeded are in the cache then.
    """
    futures = [jit_async(*request) for request in requests]
    return [(future.result(), future.signature) for future in futures]


def wait_optimized(library: Any) -> bool:
    """Wait until a library that jit returned, and all its dependencies, run optimised code.

    Useful only with the parameter build.tier "auto". Returns False when one of them keeps its quick code.
    """
    if isinstance(library, ModuleType):  # a shared library, which is made of optimised code
        return True
    return _dijitso.wait_optimized(library._code)
