"""Compile a text of C or C++ and call its functions, whose types the compiler has recorded.

    import dijitso

    lib = dijitso.compile("double f(double x) { return 2 * x; }")
    lib.f(2.0)
"""
from __future__ import annotations

import ctypes
import os
from typing import Any, Callable, Iterable, Sequence

from dijitso import _dijitso
from dijitso.errors import InvalidArgument, LinkFailed, SymbolNotFound
from dijitso.py23 import Path

__all__ = ["CompiledLibrary", "compile", "compile_file", "typed"]

_numbers: dict[str, Any] = {
    "b": ctypes.c_bool, "c": ctypes.c_char,
    "i1": ctypes.c_int8, "i2": ctypes.c_int16, "i4": ctypes.c_int32, "i8": ctypes.c_int64,
    "u1": ctypes.c_uint8, "u2": ctypes.c_uint16, "u4": ctypes.c_uint32, "u8": ctypes.c_uint64,
    "f4": ctypes.c_float, "f8": ctypes.c_double, f"f{ctypes.sizeof(ctypes.c_longdouble)}": ctypes.c_longdouble,
}


class _ComplexFloat(ctypes.Structure):
    """A complex number of C; ctypes has none, but this is passed in the same way."""

    _fields_ = [("real", ctypes.c_float), ("imag", ctypes.c_float)]


class _ComplexDouble(ctypes.Structure):
    _fields_ = [("real", ctypes.c_double), ("imag", ctypes.c_double)]


_numbers.update(z8=_ComplexFloat, z16=_ComplexDouble)


class _Types:
    """The types of one module as classes of ctypes; `<dijitso/prototypes.h>` describes their codes."""

    def __init__(self, structures: Sequence[_dijitso.Structure]) -> None:
        self.classes: list[Any] = []
        self.by_name: dict[str, Any] = {}
        for structure in structures:  # a structure comes after those that it contains
            fields = [(field.name, self.read(field.type)) for field in structure.fields]
            made = type(structure.name.rpartition("::")[2] or "struct", (ctypes.Structure,), {"_fields_": fields})
            self.classes.append(made)
            if structure.name:
                self.by_name[structure.name] = made
        self.calls = _dijitso.CallTypes(structures, self.classes)

    def read(self, code: str) -> Any:
        """The class of ctypes. TypeError when there is none."""
        if code in _numbers:
            return _numbers[code]
        if code == "v":
            return None
        if code[0] == "s":
            return self.classes[int(code[1:])]
        if code[0] == "a":
            count, _, element = code[1:].partition(",")
            return self.read(element) * int(count)
        if code[0] in "pr":
            return self.pointer(code)
        raise TypeError("ctypes has no type for it")

    def pointer(self, code: str) -> Any:
        if code == "pkc":
            return ctypes.c_char_p
        try:
            return ctypes.POINTER(self.read(code[1:].lstrip("k")))  # c_void_p for void
        except TypeError:
            return ctypes.c_void_p

    def result_class(self, code: str) -> Any:
        """For results that are pointers to something known."""
        made = self.read(code) if code[0] in "pr" else None
        return None if made in (ctypes.c_void_p, ctypes.c_char_p) else made


class CompiledLibrary:
    """Compiled code whose functions and variables have their types.

    `lib.f` is the function or variable `f`, and `lib["n::f"]` the one of a namespace, or of a linker name. A function takes numbers,
    and for pointers numpy arrays of the same type of elements, which it gets as they are: nothing is copied. A variable is an object of
    ctypes, as in `lib.counter.value`. `lib.point` is the class of a structure `point`. The code stays loaded as long as
    this object or any function taken from it lives.
    """

    def __init__(self, code: _dijitso.Code, recipe: tuple[Any, ...]) -> None:
        self._code = code
        self._recipe = recipe  # a function and its arguments, by which another process makes the same library

    @property
    def signature(self) -> str:
        """The name of the module in the cache."""
        return self._code.signature

    def __getitem__(self, name: str) -> Any:
        """The function, variable or structure of this name."""
        items = self.__dict__.setdefault("_items", {})
        if name not in items:
            items[name] = self._make(name)
        return items[name]

    def _make(self, name: str) -> Any:
        prototypes, types = self._contents()
        prototype = prototypes.find(name)
        if prototype is None:
            if name in types.by_name:
                return types.by_name[name]
            known = ", ".join(dir(self)) or "nothing, or was compiled by an older version, which recorded no types"
            raise SymbolNotFound(f"module '{self.signature}' exports no '{name}': it has {known}", missing_symbols=[name])
        if prototype.is_function:
            function = _dijitso.make_function(self._code, prototype, types.calls, types.result_class(prototype.type))
            function.__dict__.update(_code=self._code, _types=types, _prototype=prototype, _recipe=(*self._recipe, name))
            return function
        return self._variable(prototype, types)

    def _variable(self, prototype: _dijitso.Prototype, types: _Types) -> Any:
        try:
            made = types.read(prototype.type.lstrip("k"))
        except TypeError as error:
            raise TypeError(f"'{prototype.declaration}' has no form in Python: {error}") from None
        address = self._code.address(prototype.symbol)
        if prototype.type.startswith("k"):  # it must not be written to
            return made.from_buffer_copy(ctypes.string_at(address, ctypes.sizeof(made)))
        variable = made.from_address(address)
        variable._code = self._code
        return variable

    def _contents(self) -> tuple[_dijitso.Prototypes, _Types]:
        known: tuple[_dijitso.Prototypes, _Types] | None = self.__dict__.get("_known")
        if known is None:
            prototypes = _dijitso.prototypes_of(self._code)
            known = self.__dict__["_known"] = prototypes, _Types(prototypes.structures)
        return known

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            made = self[name]
        except LinkFailed as error:
            raise SymbolNotFound(str(error), missing_symbols=[name]) from None
        self.__dict__[name] = made
        return made

    def __dir__(self) -> list[str]:
        prototypes, types = self._contents()
        return sorted({prototype.name for prototype in prototypes.exports} | types.by_name.keys())

    def _usable(self) -> dict[str, Any]:
        """Everything that has a name in Python."""
        made = {}
        for name in filter(str.isidentifier, dir(self)):
            try:
                made[name] = self[name]
            except (LinkFailed, TypeError):  # overloaded, or of a type that Python does not have
                pass
        return made

    def __repr__(self) -> str:
        return f"<{type(self).__name__} '{self.signature}'>"

    def __reduce__(self) -> Any:
        """By the text and all that it was compiled with: where a cache has it, nothing is compiled."""
        return self._recipe


def _compile_again(recipe: dict[str, Any]) -> CompiledLibrary:
    return compile(**recipe)


def _item_again(make: Callable[..., CompiledLibrary], arguments: tuple[Any, ...], name: str) -> Any:
    return make(*arguments)[name]


def _texts(paths: Iterable[Path], what: str) -> list[str]:
    if isinstance(paths, (str, os.PathLike)):
        raise InvalidArgument(f"{what} must be a list, not {paths!r}")
    return [os.fspath(path) for path in paths]


def compile(
    source: str,
    *,
    name: str | None = None,
    language: str = "c++",
    std: str | None = None,
    flags: Iterable[str] = (),
    include_dirs: Iterable[Path] = (),
    libraries: Iterable[Path] = (),
    library_dirs: Iterable[Path] = (),
    dependencies: Iterable[Any] = (),
    packages: Iterable[str] = (),
    mpi: bool = False,
    openmp: bool = False,
    lenient: bool = False,
    params: dict[str, Any] | None = None,
) -> CompiledLibrary:
    """Compile a text of C++ (or C, with language="c") and return the library.

    The same text with the same options and dependencies is compiled once, and later taken from memory or from the cache.

    Functions and variables of C, and those that are declared extern "C", are found by their names. Other functions and variables of
    C++ are found by their names with namespaces (`lib["n::f"]`), as long as the text defines one of that name.

    `std` is "c++20" or "gnu17" by default. `flags` come after "-O2". `libraries` are names as after -l, or files. `dependencies` are libraries
    whose functions the text declares and uses. `packages` are those of pkg-config, as in ["eigen3", "fftw3 >= 3.3"]; `mpi` and `openmp` add
    what code for MPI and OpenMP needs. With `lenient`, what gcc 12 accepts or only warns about is no error.
    `name` is for people: the signature begins with it. `params` are those of `jit`, for the cache and everything else; flags in them are not used.

    Raises CompileFailed, LinkFailed, CacheError or InvalidArgument of dijitso.errors.
    """
    if not isinstance(source, str):
        raise InvalidArgument(f"the text to compile is a str, not {type(source).__name__}: decode bytes; for a file there is compile_file")
    needed = list(dependencies)
    recipe: dict[str, Any] = {
        "source": source, "name": name, "language": language, "std": std, "flags": list(flags),
        "include_dirs": _texts(include_dirs, "include_dirs"), "libraries": _texts(libraries, "libraries"),
        "library_dirs": _texts(library_dirs, "library_dirs"), "dependencies": needed,
        "packages": _texts(packages, "packages"), "mpi": bool(mpi), "openmp": bool(openmp), "lenient": bool(lenient), "params": params,
    }
    code = _dijitso.compile(source, name or "", language, std or "", recipe["flags"], recipe["include_dirs"], recipe["libraries"],
                            recipe["library_dirs"], [library._code for library in needed], recipe["packages"],
                            recipe["mpi"], recipe["openmp"], recipe["lenient"], params)
    return CompiledLibrary(code, (_compile_again, (recipe,)))


def compile_file(path: Path, *, language: str | None = None, include_dirs: Iterable[Path] = (), **options: Any) -> CompiledLibrary:
    """Compile a file, to whose lines messages refer. The options are those of `compile`.

    Its directory is searched for the headers that it includes. It is C when its name ends in ".c", unless `language` says otherwise.
    """
    absolute = os.path.abspath(os.fspath(path))
    stem, ending = os.path.splitext(os.path.basename(absolute))
    quoted = absolute.replace("\\", "\\\\").replace('"', '\\"')
    if os.path.exists(absolute) and not os.path.isfile(absolute):
        raise InvalidArgument(f"cannot compile '{path}': it is not a regular file")
    try:
        with open(absolute, encoding="utf-8") as file:
            source = f'#line 1 "{quoted}"\n' + file.read()
    except OSError as error:
        raise InvalidArgument(f"cannot read the file '{path}' to compile: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise InvalidArgument(f"the file '{path}' to compile is not UTF-8 (byte {error.start}): convert it") from None
    options.setdefault("name", stem)
    include_dirs = [os.path.dirname(absolute), *_texts(include_dirs, "include_dirs")]
    return compile(source, language=language or ("c" if ending == ".c" else "c++"), include_dirs=include_dirs, **options)


def typed(library: Any) -> CompiledLibrary:
    """The functions of a library that `jit` returned, with the types that the compiler recorded."""
    return CompiledLibrary(library._code, (typed, (library,)))


def _ctypes_function(function: Any) -> Any:
    """The attribute `ctypes` of a function."""
    known = function.__dict__.get("_ctypes")
    if known is None:
        types, prototype = function._types, function._prototype
        try:
            made = ctypes.CFUNCTYPE(types.read(prototype.type), *(types.read(code) for code in prototype.parameters))
        except TypeError as error:
            raise TypeError(f"'{prototype.declaration}' has no form in ctypes: {error}") from None
        known = function.__dict__["_ctypes"] = made(function.address)
        known._code = function._code  # keeps it loaded; `function` here would be a cycle that keeps it for ever
    return known


def _reduced(function: Any) -> Any:
    """The method __reduce__ of a function: by its library and name."""
    return _item_again, function._recipe


def _low_level_callable(function: Any) -> Any:
    """The attribute `lowlevel` of a function."""
    from scipy import LowLevelCallable  # type: ignore[import]

    return LowLevelCallable(_ctypes_function(function))
