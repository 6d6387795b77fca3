"""C++ for DOLFINx, compiled in this process, as DOLFIN has it.

    import dolfinx, dijitso.dolfinx

    module = dijitso.dolfinx.compile_cpp_code('''
        #include <dolfinx/mesh/Mesh.h>
        #include <pybind11/pybind11.h>
        PYBIND11_MODULE(SIGNATURE, m) {
          m.def("dim", [](const dolfinx::mesh::Mesh& mesh) { return mesh.topology().dim(); });
        }''')
    module.dim(mesh._mesh)  # the object of C++, later called _cpp_object
"""
from __future__ import annotations

import hashlib
import importlib
import importlib.util
import os
import re
from types import ModuleType
from typing import Any, Iterable

from dijitso import _dijitso
from dijitso.errors import InvalidArgument
from dijitso.extensions import extension

__all__ = ["compile_cpp_code"]


def compile_cpp_code(cpp_code: str, *, cppargs: Iterable[str] = (), **options: Any) -> ModuleType:
    """Compile C++ that uses DOLFINx, or take it from the cache, and return it as an extension module of Python.

    The word SIGNATURE, in PYBIND11_MODULE(SIGNATURE, m) or NB_MODULE(SIGNATURE, m), becomes the module's name. The headers of DOLFINx, PETSc and MPI are
    found, and so are those with which PETSc's and MPI's objects are passed ("caster_petsc.h", "caster_mpi.h"). Types are shared with DOLFINx. `cppargs`
    are flags for the compiler; `options` are those of `dijitso.extension`.

    All processes may call it at once: one compiles. Raises InvalidArgument when DOLFINx or its .pc file is not found, and what
    `dijitso.extension` raises.
    """
    if not isinstance(cpp_code, str):
        raise InvalidArgument(f"the C++ code to compile is a str, not {type(cpp_code).__name__}: decode bytes")
    name = f"dolfinx_{hashlib.blake2b(cpp_code.encode('utf-8', 'surrogatepass'), digest_size=10).hexdigest()}"
    found = _words_of_dolfinx()
    arguments: dict[str, Any] = {
        "binding": "nanobind" if re.search(r"\bNB_MODULE\b", cpp_code) else "pybind11", "name": "dolfinx", **options,
        "flags": [*_definitions(found), *options.get("flags", ()), *cppargs],
        "include_dirs": [*options.get("include_dirs", ()), *_values(found, "-I"), *_casters()],
        "libraries": [*options.get("libraries", ()), *_values(found, "-l")],
        "library_dirs": [*options.get("library_dirs", ()), *_values(found, "-L")],
    }
    return extension(re.sub(r"\bSIGNATURE\b", name, cpp_code), **arguments)


def _words_of_dolfinx() -> list[str]:
    """The flags of DOLFINx's .pc file; Debian has one for real and one for complex numbers."""
    try:
        scalar = importlib.import_module("petsc4py.PETSc").ScalarType
    except ImportError:
        scalar = float
    try:
        return _dijitso.package_flags([f"dolfinx_{'complex' if issubclass(scalar, complex) else 'real'}"])
    except InvalidArgument:
        return _dijitso.package_flags(["dolfinx"])


def _values(words: list[str], flag: str) -> list[str]:
    return [word[len(flag):] for word in words if word.startswith(flag)]


def _definitions(words: list[str]) -> list[str]:
    """The first of each name: Debian's file defines DOLFINX_VERSION twice, in two ways, and something that is no name."""
    found: dict[str, str] = {}
    for word in words:
        match = re.fullmatch(r"-D(\w+)(=.*)?", word)
        if match:
            found.setdefault(match[1], word)
    return list(found.values())


def _casters() -> list[str]:
    """The folders with headers of what is installed."""
    wrappers = importlib.import_module("dolfinx.wrappers").get_include_path() if importlib.util.find_spec("dolfinx") else ""
    if not wrappers:
        raise InvalidArgument("there is no Python package dolfinx: install it, and with Debian set PETSC_DIR as for a program of DOLFINx")
    others = [importlib.import_module(name).get_include() for name in ("petsc4py", "mpi4py") if importlib.util.find_spec(name)]
    return [os.fspath(wrappers), *others]
