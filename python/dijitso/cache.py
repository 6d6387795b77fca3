"""Utilities for disk cache features of dijitso. All functions take the part "cache" of validated parameters."""
from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, Callable, Mapping, Optional, Sequence

from dijitso import _dijitso
from dijitso.log import warning
from dijitso.py23 import Path, as_bytes

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

CacheParams = Optional[Mapping[str, Any]]


def analyse_load_error(e: BaseException, lib_filename: Path, cache_params: CacheParams) -> str:
    """A text that explains why a library could not be loaded: the message of e, and the problems of the file and its libraries."""
    return _dijitso.analyse_load_error(str(e), os.fspath(lib_filename), cache_params)


def check_cache_integrity(cache_params: CacheParams) -> dict[str, list[str]]:
    """Check dijitso cache integrity: {filename: [reason, ...]} of files that are damaged, missing or inconsistent."""
    return _dijitso.check_cache_integrity(cache_params)


def clean_cache(
    cache_params: CacheParams, dryrun: bool = True, categories: Sequence[str] = ("inc", "src", "lib", "log")
) -> dict[str, list[str]]:
    """Delete files from cache, and return their names by category; with dryrun only return them.

    "lib" includes the compiled modules, because libraries are made from them: every module is built anew afterwards. Libraries in
    use stay valid.
    """
    return _dijitso.clean_cache(cache_params, dryrun, list(categories))


def compress_source_code(src_filename: Path, cache_params: CacheParams) -> str | None:
    """Keep, delete or compress source code based on value of cache parameter 'src_storage'.

    Can be "keep", "delete", or "compress". Returns the name of the file afterwards, or None when it was deleted.
    """
    return _dijitso.compress_source_code(os.fspath(src_filename), cache_params)


def create_fail_dir_path(signature: str, cache_params: CacheParams) -> str:
    """Create path name to place files after a module build failure."""
    return _dijitso.create_fail_dir_path(signature, cache_params)


def create_inc_basename(signature: str, cache_params: CacheParams) -> str:
    """Create header filename, without directory, based on signature and params."""
    return _dijitso.create_inc_basename(signature, cache_params)


def create_inc_filename(signature: str, cache_params: CacheParams) -> str:
    """Create header filename based on signature and params."""
    return _dijitso.create_inc_filename(signature, cache_params)


def create_lib_basename(signature: str, cache_params: CacheParams) -> str:
    """Create library filename, without directory, based on signature and params."""
    return _dijitso.create_lib_basename(signature, cache_params)


def create_lib_filename(signature: str, cache_params: CacheParams) -> str:
    """Create library filename based on signature and params."""
    return _dijitso.create_lib_filename(signature, cache_params)


def create_libname(signature: str, cache_params: CacheParams) -> str:
    """Create library name based on signature and params, without path, prefix 'lib', or extension '.so'."""
    return _dijitso.create_libname(signature, cache_params)


def create_log_filename(signature: str, cache_params: CacheParams) -> str:
    """Create log filename based on signature and params."""
    return _dijitso.create_log_filename(signature, cache_params)


def create_src_basename(signature: str, cache_params: CacheParams) -> str:
    """Create source code filename, without directory, based on signature and params."""
    return _dijitso.create_src_basename(signature, cache_params)


def create_src_filename(signature: str, cache_params: CacheParams) -> str:
    """Create source code filename based on signature and params."""
    return _dijitso.create_src_filename(signature, cache_params)


def ensure_dirs(cache_params: CacheParams) -> None:
    """Create all directories of the cache."""
    _dijitso.ensure_dirs(cache_params)


def extract_files(
    signature: str,
    cache_params: CacheParams,
    prefix: str = "",
    path: Path = os.curdir,
    categories: Sequence[str] = ("inc", "src", "lib", "log"),
) -> list[str]:
    """Make a copy of files stored under this signature.

    Target filenames are '<path>/<prefix>-<signature>.*', without the '-' when there is no prefix. Returns them; the list is empty
    when the cache has no file of this signature.
    """
    return _dijitso.extract_files(signature, cache_params, prefix, os.fspath(path), list(categories))


def extract_function(lines: Sequence[str]) -> str:
    """Extract function code starting at first line of lines."""
    return _dijitso.extract_function(list(lines))


def extract_lib_signatures(cache_params: CacheParams) -> list[str]:
    """Extract signatures from library files in cache."""
    return _dijitso.extract_lib_signatures(cache_params)


def get_dijitso_dependencies(libname: Path, cache_params: CacheParams) -> dict[str, str | None]:
    """The libraries of this cache that a library needs, as {basename: full path}; None for a library that is not found."""
    return {name: path or None for name, path in _dijitso.get_dijitso_dependencies(os.fspath(libname), cache_params).items()}


def glob_cache(cache_params: CacheParams, categories: Sequence[str] = ("inc", "src", "lib", "log")) -> dict[str, list[str]]:
    """Return dict with contents of cache subdirectories. The compiled modules are in the category "obj"."""
    return _dijitso.glob_cache(cache_params, list(categories))


def grep_cache(
    regex: str | re.Pattern[str],
    cache_params: CacheParams,
    linenumbers: bool = False,
    countonly: bool = False,
    signature: str | None = None,
    categories: Sequence[str] = ("inc", "src", "log"),
) -> dict[str, Any]:
    """Search through files in cache for a pattern.

    Returns {filename: [line, ...]}; with linenumbers, (number, line) for each line, from 1; with countonly, the number of lines
    instead. `regex` is a compiled regular expression, which is matched at the beginning of each line, or a text for `grep -E`,
    which may match anywhere in a line. With `signature` only the files of that module are searched.
    """
    if isinstance(regex, str):
        return _dijitso.grep_cache(regex, cache_params, linenumbers, countonly, signature or None, list(categories))
    # Get all lines, and match them here with the compiled expression.
    every_line = _dijitso.grep_cache("", cache_params, True, False, signature or None, list(categories))
    found = {name: [line for line in lines if regex.match(line[1])] for name, lines in every_line.items()}
    if countonly:
        return {name: len(lines) for name, lines in found.items() if lines}
    return {name: lines if linenumbers else [text for _, text in lines] for name, lines in found.items() if lines}


def load_library(signature: str, cache_params: CacheParams) -> Any:
    """Load existing dynamic library from disk.

    Returns library module if found, otherwise None. If found, the module is placed in memory cache for later lookup_lib calls.
    """
    return _dijitso.load_library(signature, cache_params)


def lookup_lib(lib_signature: str, cache_params: CacheParams) -> Any:
    """Lookup library in memory cache then in disk cache.

    Returns library module if found, otherwise None.
    """
    return _dijitso.lookup_lib(lib_signature, cache_params)


def make_inc_dir(cache_params: CacheParams) -> str:
    """Create the directory of headers, and return its path."""
    return _dijitso.make_inc_dir(cache_params)


def make_lib_dir(cache_params: CacheParams) -> str:
    """Create the directory of shared libraries, and return its path."""
    return _dijitso.make_lib_dir(cache_params)


def make_log_dir(cache_params: CacheParams) -> str:
    """Create the directory of build logs, and return its path."""
    return _dijitso.make_log_dir(cache_params)


def make_src_dir(cache_params: CacheParams) -> str:
    """Create the directory of sources, and return its path."""
    return _dijitso.make_src_dir(cache_params)


def read_inc(signature: str, cache_params: CacheParams) -> str | None:
    """Lookup header file in disk cache and return file contents or None."""
    return _dijitso.read_inc(signature, cache_params)


def read_library_binary(lib_filename: Path) -> NDArray[numpy.uint8]:
    """Read compiled shared library as binary blob into a numpy byte array."""
    return _dijitso.read_library_binary(os.fspath(lib_filename))


def read_log(signature: str, cache_params: CacheParams) -> str | None:
    """Lookup log file in disk cache and return file contents or None."""
    return _dijitso.read_log(signature, cache_params)


def read_src(signature: str, cache_params: CacheParams) -> str | None:
    """Lookup source code in disk cache and return file contents or None."""
    return _dijitso.read_src(signature, cache_params)


def report_cache_integrity(dmissing: Mapping[str, Sequence[str]], out: Callable[[str], object] = warning) -> None:
    """Print cache integrity report: one line for each reason, or one line that there are no problems."""
    _dijitso.report_cache_integrity({name: list(reasons) for name, reasons in dmissing.items()}, out)


def store_inc(signature: str, content: str | bytes, cache_params: CacheParams) -> str:
    """Store header file within dijitso directories, and return its name."""
    return _dijitso.store_inc(signature, as_bytes(content), cache_params)


def store_log(signature: str, content: str | bytes, cache_params: CacheParams) -> str:
    """Store log file within dijitso directories, and return its name."""
    return _dijitso.store_log(signature, as_bytes(content), cache_params)


def store_src(signature: str, content: str | bytes, cache_params: CacheParams) -> str:
    """Store source code in file within dijitso directories, and return its name."""
    return _dijitso.store_src(signature, as_bytes(content), cache_params)


def write_library_binary(lib_data: NDArray[numpy.uint8], signature: str, cache_params: CacheParams) -> str:
    """Store compiled shared library from binary blob in numpy byte array to cache, and return its name."""
    return _dijitso.write_library_binary(lib_data, signature, cache_params)
