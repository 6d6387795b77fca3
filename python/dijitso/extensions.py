"""Extension modules of Python from a text: C++ with pybind11 or nanobind, or Cython.

    import dijitso

    module = dijitso.extension('''
        #include <pybind11/pybind11.h>
        PYBIND11_MODULE(numbers, m) { m.def("twice", [](double x) { return 2 * x; }); }''')
    module.twice(21.0)
"""
from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import sys
import sysconfig
import tempfile
import threading
from types import ModuleType
from typing import Any, Callable, Iterable, NamedTuple

from dijitso import _dijitso
from dijitso.compiled import _texts
from dijitso.errors import GenerateFailed, InvalidArgument
from dijitso.params import validate_params
from dijitso.py23 import Path

__all__ = ["extension"]


class _Plan(NamedTuple):
    """What a binding adds to a text."""

    name: str  # the signature begins with it
    identity: tuple[Any, ...]  # decides what is generated, beside the text
    flags: list[str]
    include_dirs: list[str]
    generate: Callable[[str], tuple[str, tuple[str, ...]]]  # the code and its dependencies, for a signature


def extension(
    source: str,
    *,
    binding: str = "pybind11",
    name: str | None = None,
    language: str = "c++",
    std: str | None = None,
    flags: Iterable[str] = (),
    include_dirs: Iterable[Path] = (),
    libraries: Iterable[Path] = (),
    library_dirs: Iterable[Path] = (),
    packages: Iterable[str] = (),
    mpi: bool = False,
    openmp: bool = False,
    lenient: bool = False,
    params: dict[str, Any] | None = None,
) -> ModuleType:
    """Compile a text to an extension module of Python, or take it from the cache, and import it.

    `binding` is "pybind11" or "nanobind" for C++ with PYBIND11_MODULE or NB_MODULE, and "cython" for Cython. What they include is found
    where it is installed: headers of Python, of numpy, of Eigen and of the binding. nanobind's own code is compiled once.

    A module of C++ has the name that the text gives it; a module of Cython gets one that begins with `name`. It is in sys.modules,
    unless another one has its name, and stays loaded until the process ends. Modules of pybind11 share types with those that
    g++ has compiled.

    Cython translates only what no cache has; otherwise it is not even imported. `language="c"` has it write C. `flags` come after
    "-O2"; `include_dirs` are searched for .pxd files, too. All other options are those of `compile`.

    Raises CompileFailed, LinkFailed, GenerateFailed (with Cython's messages), CacheError or InvalidArgument of dijitso.errors, and
    ImportError for a text that defines no module.
    """
    if not isinstance(source, str):
        raise InvalidArgument(f"the text of an extension is a str, not {type(source).__name__}: decode bytes")
    if binding not in _BINDINGS:
        raise InvalidArgument(f"there is no binding '{binding}': dijitso knows {', '.join(_BINDINGS)}")
    if language not in ("c", "c++") or (language == "c" and binding != "cython"):
        raise InvalidArgument(f"the language of an extension with {binding} cannot be '{language}'"
                              + (": use 'c' or 'c++'" if binding == "cython" else ": it is 'c++'"))
    own_dirs = _texts(include_dirs, "include_dirs")
    complete = validate_params(params)
    plan = _BINDINGS[binding](source, name, language, own_dirs, complete)
    digest = hashlib.blake2b(repr((source, binding, language, plan.identity)).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    build = complete["build"]
    complete["cache"].update(lib_loader="import", src_postfix=".c" if language == "c" else ".cpp")
    build.update(
        language=language, cxxflags=[f"-std={std or ('gnu17' if language == 'c' else 'c++20')}"],
        cxxflags_opt=["-O2", *plan.flags, *flags], cxxflags_debug=["-O0", *plan.flags, *flags],
        include_dirs=[*own_dirs, *plan.include_dirs, *_installed_headers(), *build["include_dirs"]],
        libs=[*_texts(libraries, "libraries"), *build["libs"]],
        lib_dirs=[*_texts(library_dirs, "library_dirs"), *build["lib_dirs"]],
        packages=[*_texts(packages, "packages"), *build["packages"]],
        **{name: True for name, wanted in (("mpi", mpi), ("openmp", openmp), ("lenient", lenient)) if wanted},
    )

    def generate(jitable: str, signature: str, *args: Any) -> tuple[str, str, tuple[str, ...]]:
        return ("", *plan.generate(signature))

    module: ModuleType
    module, _ = _dijitso.jit(source, f"{_identifier(plan.name)}_{digest}", complete, generate, None, None, None, binding == "pybind11")
    return module


def _identifier(name: str) -> str:
    plain = re.sub(r"\W", "_", name, flags=re.ASCII)[:100]
    return plain if plain[:1].isalpha() else f"module_{plain}"


def _folder_of(package: str) -> str:
    """Where an installed package of Python is; it is not imported. Empty when there is none."""
    spec = importlib.util.find_spec(package)
    return os.path.dirname(spec.origin) if spec is not None and spec.origin else ""


def _installed_headers() -> list[str]:
    """The folders with headers of Python, numpy and Eigen."""
    numpy = _folder_of("numpy")
    possible = [os.path.join(numpy, core, "include") for core in ("_core", "core") if numpy]
    possible += [os.path.join(prefix, "include", "eigen3") for prefix in (sys.prefix, "/usr/local", "/usr")]
    return [sysconfig.get_path("include"), *dict.fromkeys(folder for folder in possible if os.path.isdir(folder))]


def _name_in(source: str, macro: str) -> str:
    match = re.search(rf"\b{macro}\s*\(\s*(\w+)", source)
    return match[1] if match else "module"


def _pybind11(source: str, name: str | None, language: str, include_dirs: list[str], params: dict[str, Any]) -> _Plan:
    possible = [os.path.join(folder, "include") for folder in (_folder_of("pybind11"), sys.prefix) if folder]
    return _Plan(name or _name_in(source, "PYBIND11_MODULE"), (), ["-fvisibility=hidden"],
                 [folder for folder in possible if os.path.isdir(os.path.join(folder, "pybind11"))], lambda signature: (source, ()))


def _nanobind(source: str, name: str | None, language: str, include_dirs: list[str], params: dict[str, Any]) -> _Plan:
    try:
        import nanobind  # type: ignore[import]
    except ImportError as error:
        raise InvalidArgument(f"nanobind cannot be imported ({error}): install the Python package nanobind") from error
    headers = nanobind.include_dir()
    sources = os.path.join(os.path.dirname(headers), "src")  # nanobind 2.0 has no source_dir

    def generate(signature: str) -> tuple[str, tuple[str, ...]]:
        return source, (_core_of_nanobind(headers, sources, params["cache"]),)

    return _Plan(name or _name_in(source, "NB_MODULE"), (sources,), ["-fvisibility=hidden", "-DNB_SHARED"], [headers], generate)


def _core_of_nanobind(headers: str, sources: str, cache_params: dict[str, Any]) -> str:
    """The signature of the code that all modules of nanobind share. It is compiled while the module is generated, and not imported."""
    hidden = ["-fvisibility=hidden", "-fno-strict-aliasing", "-DNB_SHARED", "-DNB_BUILD", "-DNB_COMPACT_ASSERTIONS", "-DNDEBUG"]
    robin_map = os.path.join(os.path.dirname(sources), "ext", "robin_map", "include")
    params = {"cache": cache_params, "build": {
        "language": "c++", "cxxflags": ["-std=c++17"], "cxxflags_opt": ["-O2", *hidden], "debug": False,
        "include_dirs": [headers, sources, robin_map, sysconfig.get_path("include")]}}
    name = f"nanobind_core_{hashlib.blake2b(sources.encode(), digest_size=8).hexdigest()}"
    return _dijitso.jit_async(None, name, params, lambda *args: ("", '#include "nb_combined.cpp"\n', ())).signature


def _cython(source: str, name: str | None, language: str, include_dirs: list[str], params: dict[str, Any]) -> _Plan:
    def generate(signature: str) -> tuple[str, tuple[str, ...]]:
        return _translated(source, signature, language, include_dirs), ()

    return _Plan(name or "cython", (_version_of_cython(), *include_dirs), ["-Wno-unused-function"], [], generate)


def _version_of_cython() -> str:
    """Read from its file, for importing Cython takes longer than everything else."""
    try:
        with open(os.path.join(_folder_of("Cython"), "Shadow.py"), encoding="utf-8") as file:
            version: str = re.findall(r'^__version__ = "(.+)"', file.read(), re.MULTILINE)[0]
            return version
    except (OSError, IndexError):
        raise InvalidArgument("Cython is not installed: install the package (cython3, or with pip) for binding='cython'") from None


# Cython 0.29 keeps errors in global variables. A child of fork() gets a lock of its own.
_translating = threading.Lock()


def _translate_anew() -> None:
    global _translating
    _translating = threading.Lock()


os.register_at_fork(after_in_child=_translate_anew)


def _translated(source: str, name: str, language: str, include_dirs: list[str]) -> str:
    """C or C++ of a text of Cython. The compiler is made to read what Cython has read, so that the cache notices when it changes."""
    from Cython.Build.Dependencies import DependencyTree  # type: ignore[import]
    from Cython.Compiler import Main, Options  # type: ignore[import]

    with _translating, tempfile.TemporaryDirectory(prefix="dijitso-cython-") as folder:
        path, output = os.path.join(folder, f"{name}.pyx"), os.path.join(folder, "code")
        with open(path, "w", encoding="utf-8") as file:
            file.write(source)
        result = Main.compile(path, cplus=language == "c++", output_file=output, include_path=include_dirs, language_level=3,
                              use_listing_file=1, errors_to_stderr=0)
        if result.num_errors:
            messages = _content(os.path.join(folder, f"{name}.lis")).replace(os.path.join(folder, ""), "")
            raise GenerateFailed(f"Cython cannot translate the text of '{name}':\n{messages.strip()}")
        context = Main.Context(include_dirs, Options.get_directive_defaults())
        used = DependencyTree(context, quiet=True).all_dependencies(path) - {path}
        return _content(output) + _reads(sorted(map(os.path.abspath, used)))


def _content(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        return file.read()


def _reads(files: list[str]) -> str:
    """C that reads these files, but those of Cython itself."""
    own = os.path.join(_folder_of("Cython"), "")
    return "".join(f'\nenum {{ dijitso_reads_{number} =\n#embed "{file}" limit(1) if_empty(0)\n}};\n'
                   for number, file in enumerate(files) if not file.startswith(own))


_BINDINGS: dict[str, Callable[[str, str | None, str, list[str], dict[str, Any]], _Plan]] = {
    "pybind11": _pybind11, "nanobind": _nanobind, "cython": _cython}
