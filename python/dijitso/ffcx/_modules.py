"""CFFI's view of compiled code, without an extension module around it.

CFFI needs the declarations of the data that it reads. Parsing them takes 10 to 25 ms, but CFFI can write the parsed declarations as
a small Python program, which loads at once. This program is put into the generated code as a text, so it is cached and verified
together with the code that it describes.
"""
from __future__ import annotations

import contextlib
import ctypes
import functools
import json
import os
import re
import sys
import tempfile
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from dijitso.library import Library


class Declarations:
    """The declarations of FFCx for one module: types, and `extern <type> <name>;` for each object."""

    _EXTERN = re.compile(r"\bextern (\w+) (\w+);\s*")

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


@functools.lru_cache(maxsize=8)
def _ffi_of(program: bytes) -> Any:
    """What such a program makes: modules with the same declarations share it."""
    namespace: dict[str, Any] = {"FFI": _ffi_class()}
    exec(program.replace(b"_cffi_backend.FFI(", b"FFI(", 1), namespace)
    return namespace["ffi"]


class JITModule(ModuleType):
    """The module of compiled objects for FFCx, as an extension of CFFI is: `ffi`, and `lib`, which has the objects and the constants of ufcx.h.

    It is imported: sys.modules has it and its lib, unless other modules have these names. Its file is the source in the cache, for
    the code was linked in memory.
    """

    ffi: Any
    lib: JITLib

    def __init__(self, library: Library, declarations: Declarations, file: str) -> None:
        super().__init__(library._name, "Compiled by dijitso in this process.")
        self.__file__ = file
        self.__spec__ = ModuleSpec(library._name, None, origin=file)
        self.ffi = _ffi_of(ctypes.string_at(library._address(declarations.symbol(library._name))))
        self.lib = JITLib(library._name, self.ffi, {name: self.ffi.cast(f"{type_name} *", library._address(name))
                                                    for name, type_name in declarations.objects.items()})
        sys.modules.setdefault(self.__name__, self)
        sys.modules.setdefault(f"{self.__name__}.lib", self.lib)  # type: ignore[arg-type]


class JITLib:
    """The objects of a module by name, and the enumeration constants of ufcx.h."""

    def __init__(self, module_name: str, ffi: Any, pointers: dict[str, Any]) -> None:
        self.__dict__.update((name, pointer[0]) for name, pointer in pointers.items())
        self.__name__ = f"{module_name}.lib"
        self._ffi, self._pointers = ffi, pointers

    def __getattr__(self, name: str) -> Any:
        try:
            return self._ffi.integer_const(name)
        except (AttributeError, self._ffi.error):
            raise AttributeError(f"the module has no object or constant '{name}'; its objects are: {', '.join(self._pointers)}") from None

    def __dir__(self) -> list[str]:
        constants: set[str] = set()
        for name in self._ffi.list_types()[0]:
            with contextlib.suppress(self._ffi.error):  # a type of functions
                kind = self._ffi.typeof(name)
                constants.update(kind.elements.values() if kind.kind == "enum" else ())
        return sorted({*self._pointers, *constants})

    def __repr__(self) -> str:
        return f"<Lib object for '{self.__name__.rpartition('.')[0]}'>"


@functools.lru_cache(maxsize=1)
def _ffi_class() -> type:
    """CFFI's class, whose addressof knows a JITLib too."""
    import _cffi_backend  # type: ignore[import]

    class FFI(_cffi_backend.FFI):  # type: ignore[misc]
        def addressof(self, cdata: Any, *fields_or_indexes: Any) -> Any:
            if not isinstance(cdata, JITLib):
                return super().addressof(cdata, *fields_or_indexes)
            [name] = fields_or_indexes
            if name not in cdata._pointers:
                raise AttributeError(f"{cdata!r} has no object '{name}'")
            return cdata._pointers[name]

    return FFI


# Kept until the process ends: the objects are data in the library, and their users have only addresses.
_modules: dict[Library, JITModule] = {}


def module_of(library: Library, declarations: Declarations, file: str) -> JITModule:
    """The module of a library; the same object for the same library."""
    known = _modules.get(library)
    return known if known is not None else _modules.setdefault(library, JITModule(library, declarations, file))
