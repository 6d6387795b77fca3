"""CFFI's view of compiled code, without an extension module around it.

CFFI needs the declarations of the data that it reads. Parsing them takes about 50 ms, but CFFI can write the parsed declarations as
a small Python program, which loads at once. This program is put into the generated code as a text, so it is cached and verified
together with the code that it describes.
"""
from __future__ import annotations

import ctypes
import functools
import json
import os
import re
import tempfile
from types import ModuleType
from typing import Any

from dijitso.library import Library


class Declarations:
    """The declarations of FFCx for one module: types, and `extern <type> <name>;` for each object."""

    _EXTERN = re.compile(r"\bextern (\w+) (\w+);")

    def __init__(self, text: str) -> None:
        self._types = self._EXTERN.sub("", text)
        self.objects = {name: type_name for type_name, name in self._EXTERN.findall(text)}

    @staticmethod
    def symbol(module_name: str) -> str:
        return f"cffi_types_of_{module_name}"

    def as_code(self, module_name: str) -> str:
        """C code with the types, in the form that CFFI reads without a parser."""
        return f"const char {self.symbol(module_name)}[] = {json.dumps(_types_as_python(self._types))};\n"


@functools.lru_cache(maxsize=8)
def _types_as_python(types: str) -> str:
    """CFFI's program for these declarations, which are the same for all modules of one version of FFCx and one scalar type."""
    import cffi  # type: ignore[import]
    from cffi.recompiler import make_py_source  # type: ignore[import]

    ffi = cffi.FFI()
    ffi.cdef(types)
    with tempfile.TemporaryDirectory(prefix="dijitso-ffcx-") as folder:
        path = os.path.join(folder, "types.py")
        make_py_source(ffi, "cffi_types", path)
        with open(path, encoding="ascii") as file:
            return file.read()


class JITModule(ModuleType):
    """The module of compiled objects for FFCx: `ffi`, and `lib`, which has the objects and the constants of ufcx.h."""

    ffi: Any
    lib: JITLib

    def __init__(self, library: Library, declarations: Declarations) -> None:
        super().__init__(library._name, "Compiled by dijitso in this process.")
        namespace: dict[str, Any] = {}
        exec(ctypes.string_at(library._address(declarations.symbol(library._name))), namespace)
        self.ffi = namespace["ffi"]
        self.lib = JITLib(self.ffi, {name: self.ffi.cast(f"{type_name} *", library._address(name))[0]
                                     for name, type_name in declarations.objects.items()})


class JITLib:
    """The objects of a module by name, and the enumeration constants of ufcx.h."""

    def __init__(self, ffi: Any, objects: dict[str, Any]) -> None:
        self.__dict__.update(objects)
        self._ffi = ffi

    def __getattr__(self, name: str) -> Any:
        try:
            return self._ffi.integer_const(name)
        except (AttributeError, self._ffi.error):
            objects = ", ".join(known for known in self.__dict__ if known != "_ffi")
            raise AttributeError(f"the module has no object or constant '{name}'; its objects are: {objects}") from None


# Kept until the process ends: the objects are data in the library, and their users have only addresses.
_modules: dict[Library, JITModule] = {}


def module_of(library: Library, declarations: Declarations) -> JITModule:
    """The module of a library; the same object for the same library."""
    known = _modules.get(library)
    return known if known is not None else _modules.setdefault(library, JITModule(library, declarations))
