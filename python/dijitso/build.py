"""Utilities for building libraries with dijitso."""
from __future__ import annotations

import os
from typing import Any, Hashable, Iterable, Sequence, TypeVar

from dijitso import _dijitso
from dijitso.errors import CompileFailed
from dijitso.py23 import Path

_Item = TypeVar("_Item", bound=Hashable)


def build_shared_library(
    signature: str, header: str | None, source: str, dependencies: Sequence[str], params: dict[str, Any] | None
) -> tuple[int, str, str | None, dict[str, Any] | None]:
    """Build shared library from a source file and store library in cache.

    The code is compiled and linked in this process. Returns (status, output, lib_filename, err_info): status 0, the text of the
    build log, the name of the library and None; or, when the code does not compile, status 1, the messages of the compiler, None,
    and the files of the failure (see dijitso.errors). `dependencies` are signatures that jit returned. Other failures are
    exceptions.
    """
    try:
        lib_filename = _dijitso.build_shared_library(signature, header or "", source, list(dependencies), params)
    except CompileFailed as error:
        return 1, str(error), None, error.err_info
    cache_params = (params or {}).get("cache")
    return 0, _dijitso.read_log(signature, cache_params) or "", lib_filename, None


def build_object(
    signature: str, header: str | None, source: str, dependencies: Sequence[str], params: dict[str, Any] | None
) -> str:
    """Compile a source and store the object in the cache. Returns its file name.

    Nothing is linked, so build.target_triple may name another kind of machine, such as aarch64-linux-gnu. `dependencies` are
    signatures of modules that were built for the same kind. build.libs of another module may name the file: the object then becomes part of
    that module. Failures are exceptions.
    """
    return _dijitso.build_object(signature, header or "", source, list(dependencies), params)


def make_compile_command(
    src_filename: Path,
    lib_filename: Path,
    dependencies: Sequence[str],
    build_params: dict[str, Any] | None,
    cache_params: dict[str, Any] | None,
) -> list[str]:
    """Piece together the compile command from build params.

    Returns the command of an ordinary compiler, as a list with the command and its arguments. dijitso never runs it.
    """
    return _dijitso.make_compile_command(os.fspath(src_filename), os.fspath(lib_filename), list(dependencies), build_params, cache_params)


def make_unique(dirs: Iterable[_Item]) -> tuple[_Item, ...]:
    """Take a sequence of hashable items and return a tuple including each only once. Preserves original ordering."""
    return tuple(dict.fromkeys(dirs))


def temp_dir(cache_params: dict[str, Any] | None) -> str:
    """Make a uniquely named temp directory and return its name. The caller removes it.

    It is in temp_dir_root of cache_params, if that is given.
    """
    return _dijitso.temp_dir(cache_params)
