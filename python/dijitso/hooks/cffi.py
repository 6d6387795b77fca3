"""CFFI in API mode: `ffi.compile()` and `ffi.verify()` compile in this process, in C and C++, from any number of sources.

What they make, and import, are the same files as otherwise. CFFI has setuptools compile, whose import takes longer than everything else; so the
usual case, compile() without a target of its own, does what setuptools would do without it.
"""
from __future__ import annotations

import os
import sysconfig
import threading
from types import ModuleType
from typing import Any, Callable, NamedTuple

from dijitso.errors import DijitsoError
from dijitso.hooks import _command, setuptools
from dijitso.hooks._mechanism import Hook, Replacement, checked

BUILD = {"cffi 1.15 to 2.0": ("tmpdir", "ext", "compiler_verbose", "debug")}
GET_EXTENSION = {"cffi 1.15 to 2.0": ("srcfilename", "modname", "sources", "kwds")}
COMPILE = {"cffi 1.15 to 2.0": ("self", "tmpdir", "verbose", "target", "debug")}

# Arguments of an Extension, each with the flag that setuptools makes of an item.
_BEFORE = {"include_dirs": "-I{}", "undef_macros": "-U{}"}
_AFTER = {"extra_objects": "{}", "library_dirs": "-L{}", "runtime_library_dirs": "-Wl,-rpath,{}", "libraries": "-l{}",
          "extra_compile_args": "{}", "extra_link_args": "{}"}
_WITHOUT_FLAGS = ("depends", "language")
_VARIABLES = ("CFLAGS", "CPPFLAGS", "LDFLAGS", "LDSHARED")
_here = threading.local()


class _Extension(NamedTuple):
    """Takes the place of setuptools' Extension between the two functions of CFFI."""

    name: str
    sources: list[str]
    arguments: dict[str, Any]
    as_of_setuptools: Callable[[], Any]


def _of_class(module: ModuleType) -> list[Replacement]:
    def make(stock: Callable[..., Any]) -> Callable[..., Any]:
        def compile(self: Any, tmpdir: str = ".", verbose: int = 0, target: str | None = None, debug: Any = None) -> Any:
            _here.is_plain = target is None and getattr(self, "_embedding", None) is None and _is_unconfigured(tmpdir)
            try:
                return stock(self, tmpdir, verbose, target, debug)
            finally:
                _here.is_plain = False

        return compile

    return [checked("cffi", module.FFI, "compile", COMPILE, make)]


def _is_unconfigured(tmpdir: str) -> bool:
    """Whether neither the environment nor a file of setuptools changes flags."""
    files = (os.path.join(tmpdir, "setup.cfg"), os.path.expanduser("~/.pydistutils.cfg"))
    return not any(os.environ.get(name) for name in _VARIABLES) and not any(map(os.path.exists, files))


def _of_platform(module: ModuleType) -> list[Replacement]:
    def make_get(stock: Callable[..., Any]) -> Callable[..., Any]:
        def get_extension(srcfilename: str, modname: str, sources: Any = (), **kwds: Any) -> Any:
            known = {*_BEFORE, *_AFTER, *_WITHOUT_FLAGS, "define_macros"}
            if not getattr(_here, "is_plain", False) or not known.issuperset(kwds):
                return stock(srcfilename, modname, sources, **kwds)
            return _Extension(modname, [srcfilename, *sources], kwds, lambda: stock(srcfilename, modname, sources, **kwds))

        return get_extension

    def make_build(stock: Callable[..., Any]) -> Callable[..., Any]:
        def _build(tmpdir: str, ext: Any, compiler_verbose: int = 0, debug: Any = None) -> Any:
            if isinstance(ext, _Extension):
                output = os.path.join(tmpdir, *ext.name.split(".")) + sysconfig.get_config_var("EXT_SUFFIX")
                words = _words(ext, output, debug)
                command = _command.parse(words)
                if command is not None:
                    return _run(module, words, command, compiler_verbose)
                ext = ext.as_of_setuptools()
            with setuptools.compilers_in_process():
                return stock(tmpdir, ext, compiler_verbose, debug)

        return _build

    return [checked("cffi", module, "get_extension", GET_EXTENSION, make_get), checked("cffi", module, "_build", BUILD, make_build)]


def _words(ext: _Extension, output: str, debug: Any) -> list[str]:
    """The command that compiles and links the extension."""
    own = [word for word in f"{sysconfig.get_config_var('CFLAGS')} {sysconfig.get_config_var('CCSHARED')}".split() if word != "-g"]
    words = ["gcc", "-shared", *own, *["-g"] * bool(debug)]
    words += [f"-D{name}" if value is None else f"-D{name}={value}" for name, value in ext.arguments.get("define_macros") or ()]
    words += _flags(ext, _BEFORE) + [f"-I{sysconfig.get_path('include')}", *ext.sources] + _flags(ext, _AFTER)
    return [*words, "-o", output]


def _flags(ext: _Extension, kinds: dict[str, str]) -> list[str]:
    return [form.format(os.fspath(item)) for name, form in kinds.items() for item in ext.arguments.get(name) or ()]


def _run(module: ModuleType, words: list[str], command: _command.Command, verbose: int) -> str:
    if verbose:
        print(" ".join(words))
    os.makedirs(os.path.dirname(command.output) or ".", exist_ok=True)
    try:
        _command.run(command)
    except (_command.CommandFailed, DijitsoError) as error:
        raise module.VerificationError(f"CompileError: {error}") from error
    return command.output


HOOK: Hook = Hook("cffi", "cffi 1.15 to 2.0",
                  {"cffi.api": _of_class, "cffi.ffiplatform": _of_platform, **setuptools.seams_meanwhile("cffi")})
