"""Utilities for files that other processes may access at the same time, and a few for the system.

Files are replaced in one step: readers see the old content or the new.
"""
from __future__ import annotations

from os import fspath
from typing import Mapping, Sequence

from dijitso import _dijitso
from dijitso.py23 import Path, as_bytes


def get_status_output(
    cmd: str | Sequence[str], input: str | bytes | None = None, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> tuple[int, str]:
    """Run a command without a shell, wait for it, and return its exit code and all its output.

    A string is split at white space. `input` is its standard input; `env` replaces the whole environment. dijitso itself does not
    call this function.
    """
    command = cmd if isinstance(cmd, str) else list(cmd)
    return _dijitso.get_status_output(command, input, None if cwd is None else fspath(cwd), None if env is None else dict(env))


def gunzip_file(gz_filename: Path) -> str:
    """Gunzip a file: write the content to the name without ".gz" unless that exists, and return this name."""
    return _dijitso.gunzip_file(fspath(gz_filename))


def gzip_file(filename: Path) -> str:
    """Gzip a file.

    The new file gets the extension .gz added; returns its name. Does nothing if the .gz file already exists. The original file is
    never touched.
    """
    return _dijitso.gzip_file(fspath(filename))


def ldd(libname: Path) -> dict[str, str | None]:
    """All shared libraries that this one needs, as {basename: full path}; None for a library that is not found.

    They are found by reading the files as the dynamic linker does; no tool is run.
    """
    return {name: path or None for name, path in _dijitso.ldd(fspath(libname)).items()}


def lockfree_move_file(src: Path, dst: Path) -> None:
    """Lockfree and portable nfs safe file move operation.

    If the target exists with different content, it is kept as filename.old, with a warning.
    """
    _dijitso.lockfree_move_file(fspath(src), fspath(dst))


def make_dirs(path: Path) -> None:
    """Create a directory (tree). A directory that already exists is fine."""
    _dijitso.make_dirs(fspath(path))


def make_executable(filename: Path) -> None:
    """Make script executable by setting user eXecutable bit."""
    _dijitso.make_executable(fspath(filename))


def move_file(srcfilename: Path, dstfilename: Path) -> None:
    """Move or copy a file. An existing target is replaced."""
    _dijitso.move_file(fspath(srcfilename), fspath(dstfilename))


def read_textfile(filename: Path) -> str | None:
    """Read file content, if necessary unzipped from filename.gz; return None if not found."""
    return _dijitso.read_textfile(fspath(filename))


def rename_file(src: Path, dst: Path) -> None:
    """Rename a file. When the system refuses that because the destination exists, nothing happens."""
    _dijitso.rename_file(fspath(src), fspath(dst))


def store_textfile(filename: Path, content: str | bytes) -> str:
    """Store content to filename without race conditions, and return the filename.

    Handles both bytes and text.
    """
    _dijitso.store_textfile(fspath(filename), as_bytes(content))
    return fspath(filename)


def try_copy_file(src: Path, dst: Path) -> None:
    """Try to copy a file. NB! Ignores any error."""
    _dijitso.try_copy_file(fspath(src), fspath(dst))


def try_delete_file(filename: Path) -> None:
    """Try to remove a file. Ignores error if filename doesn't exist."""
    _dijitso.try_delete_file(fspath(filename))


def try_rename_file(src: Path, dst: Path) -> None:
    """Try to rename a file. NB! Ignores error if the SOURCE doesn't exist or the destination already exists."""
    _dijitso.try_rename_file(fspath(src), fspath(dst))
