"""CFFI in API mode: `ffi.compile()` and `ffi.verify()` compile in this process, in C and C++, from any number of sources.

What they make, and import, are the same files as otherwise.
"""
from __future__ import annotations

from types import ModuleType
from typing import Any, Callable

from dijitso.hooks import setuptools
from dijitso.hooks._mechanism import Hook, Replacement, checked

BUILD = {"cffi 1.15 to 2.0": ("tmpdir", "ext", "compiler_verbose", "debug")}


def _in_process(stock: Callable[..., Any]) -> Callable[..., Any]:
    def build(*args: Any, **kwargs: Any) -> Any:
        with setuptools.compilers_in_process():
            return stock(*args, **kwargs)

    return build


def _seam(module: ModuleType) -> list[Replacement]:
    return [checked("cffi", module, "_build", BUILD, _in_process)]


HOOK: Hook = Hook("cffi", "cffi 1.15 to 2.0", {"cffi.ffiplatform": _seam, **setuptools.seams_meanwhile("cffi")})
