"""The library objects that `jit` returns.

By default code is linked in memory, and its object is a `Library`, which is used like a `ctypes.CDLL`. With the parameter
cache.lib_loader "ctypes" (or "dlopen") a shared library is made and opened, and the object is a `ctypes.CDLL`; with "import" it
is a Python module.
"""
from __future__ import annotations

import ctypes
import sys

from dijitso import _dijitso
from dijitso.errors import LinkFailed, SymbolNotFound

TYPE_CHECKING = False  # typing is not imported for it
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any


class _Function(ctypes._CFuncPtr):  # type: ignore[name-defined, misc]
    """A function of a library, as in `ctypes.CDLL`: its result is a C int unless `restype` is set."""

    _flags_ = ctypes.CDLL._func_flags_
    _restype_ = ctypes.c_int
    _code: _dijitso.Code


class Library(ctypes.CDLL):
    """A module of generated code that is linked into this process.

    `lib.name` and `lib["name"]` are the function `name`, as in a `ctypes.CDLL`: `lib.name` is the same object each time, and has
    `restype` and `argtypes`. The code stays loaded as long as this object or any function taken from it lives.
    """

    # Does not call the constructor of ctypes.CDLL, which would open a file.
    def __init__(self, code: _dijitso.Code, params: Any = None) -> None:
        self._code = code
        self._name = code.signature
        self._params = _copied(params)

    def __getitem__(self, name_or_ordinal: str) -> Any:
        """A new function object of this name, as in `ctypes.CDLL`."""
        function = _Function(self._address(name_or_ordinal))
        function.__name__ = name_or_ordinal
        function._code = self._code
        return function

    def _address(self, name: str) -> int:
        """The address of a function or variable: `ctypes.c_int.from_address(lib._address("counter"))`."""
        try:
            return self._code.address(name)
        except LinkFailed as error:
            raise SymbolNotFound(str(error), missing_symbols=error.missing_symbols) from None

    @property
    def _handle(self) -> int:  # type: ignore[override]
        raise AttributeError  # Python then calls __getattr__, which gives the reason

    def __getattr__(self, name: str) -> Any:
        """The function object of this name, made at first use."""
        if name == "_handle":
            raise AttributeError(f"module '{self._name}' was linked in memory and has no handle of the dynamic loader: "
                                 "take addresses with _address(name), or set the parameter cache.lib_loader to 'ctypes'")
        return super().__getattr__(name)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} '{self._name}'>"

    def __reduce__(self) -> Any:
        """By name and parameters: another process takes the module from its cache."""
        if self._params is None:
            raise TypeError(f"cannot pickle the library '{self._name}', whose parameters are not known: it was not returned by jit")
        return _from_cache, (self._name, self._params)


def _copied(value: Any) -> Any:
    """Of the dictionaries and lists of parameters, which a caller may change later."""
    if type(value) is dict:
        return {name: _copied(item) for name, item in value.items()}
    return type(value)(map(_copied, value)) if type(value) in (list, tuple) else value


def _from_cache(name: str, params: dict[str, Any]) -> Any:
    return _dijitso.jit(None, name, params, None, None, None, None)[0]


def open_with_ctypes(code: _dijitso.Code, params: Any) -> ctypes.CDLL:
    """The shared library of a module, which is already loaded, as `ctypes.CDLL`."""
    library = ctypes.CDLL(code.file_name)
    library._code = code  # type: ignore[attr-defined]
    return library


# The extensions that import_module loaded, by file. Python never unloads an extension.
_modules: dict[str, tuple[ModuleType, _dijitso.Code]] = {}


def _name_of_extension(code: _dijitso.Code) -> str:
    """What its function PyInit_<name> says, or its signature."""
    prefix = "PyInit_"
    names = [one.symbol.removeprefix(prefix) for one in _dijitso.prototypes_of(code).exports if one.symbol.startswith(prefix)]
    return names[0] if len(names) == 1 else code.signature


def import_module(code: _dijitso.Code, params: Any) -> ModuleType:
    """The shared library of a module as Python extension, imported from exactly this file."""
    import importlib.machinery
    import importlib.util

    path = code.file_name
    if path in _modules:
        return _modules[path][0]
    name = _name_of_extension(code)
    present = sys.modules.get(name)
    loader = importlib.machinery.ExtensionFileLoader(name, path)
    spec = importlib.util.spec_from_file_location(name, path, loader=loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    # Registers the module as an import does, but does not replace a module that was imported elsewhere.
    is_foreign = present is not None and all(present is not known for known, _ in _modules.values())
    sys.modules[name] = present if present and is_foreign else module
    _modules[path] = module, code
    return module
