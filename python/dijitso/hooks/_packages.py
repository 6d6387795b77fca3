"""Reads .pc files, as pkg-config does, without pkg-config: the flags of MPI, which mpicc would add.

Searched are the folders of PKG_CONFIG_PATH, then those of the system. Tested in tests/python/hooks/packages_test.py.
"""
from __future__ import annotations

import os
import re
import shlex
import sysconfig
from typing import Iterator

from dijitso.errors import InvalidArgument

_MPI = ("mpi-c", "ompi-c", "mpich", "mpi", "ompi")  # names that MPI's .pc file has


def mpi_flags() -> list[str]:
    """The flags to compile and link with the MPI of this machine. InvalidArgument when no .pc file tells."""
    for name in _MPI:
        if _file(name):
            return flags(name)
    raise InvalidArgument(f"the flags of MPI are not known: none of {', '.join(f'{name}.pc' for name in _MPI)} is in "
                          f"{', '.join(_folders())}; name its folder in PKG_CONFIG_PATH")


def flags(name: str) -> list[str]:
    """`pkg-config --cflags --libs NAME`, but for what every compiler has already. InvalidArgument for a file that is missing or wrong."""
    compile_flags: list[str] = []
    link_flags: list[str] = []
    for package, variables, fields in _with_required(name, "", []):
        compile_flags += _words(package, fields.get("Cflags", fields.get("CFlags", "")), variables)
        link_flags += _words(package, fields.get("Libs", ""), variables)
    return list(dict.fromkeys(flag for flag in compile_flags if flag != "-I/usr/include")) + link_flags


def _folders() -> list[str]:
    given = [folder for folder in os.environ.get("PKG_CONFIG_PATH", "").split(":") if folder]
    multiarch = sysconfig.get_config_var("MULTIARCH") or "x86_64-linux-gnu"
    return given + [f"/usr/local/lib/{multiarch}/pkgconfig", "/usr/local/lib/pkgconfig", "/usr/local/share/pkgconfig",
                    f"/usr/lib/{multiarch}/pkgconfig", "/usr/lib/pkgconfig", "/usr/share/pkgconfig"]


def _file(name: str) -> str:
    return next((path for path in (os.path.join(folder, f"{name}.pc") for folder in _folders()) if os.path.isfile(path)), "")


def _read(name: str, needed_by: str) -> tuple[dict[str, str], dict[str, str]]:
    """The variables and the fields of a .pc file."""
    path = _file(name)
    if not path:
        raise InvalidArgument(f"there is no package '{name}'{needed_by}: {name}.pc is in none of {', '.join(_folders())}; name its folder "
                              "in PKG_CONFIG_PATH")
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        lines = re.sub(r"\\\n", "", file.read()).splitlines()
    variables: dict[str, str] = {"pcfiledir": os.path.dirname(path)}
    fields: dict[str, str] = {}
    for line in lines:
        match = re.match(r"\s*([\w.]+)\s*([:=])\s*(.*?)\s*(?:#.*)?$", line)
        if match:
            (variables if match[2] == "=" else fields)[match[1]] = match[3]
    return variables, fields


def _with_required(name: str, needed_by: str, seen: list[str]) -> Iterator[tuple[str, dict[str, str], dict[str, str]]]:
    if name in seen:
        return
    seen.append(name)
    variables, fields = _read(name, needed_by)
    yield name, variables, fields
    for required in _names(_expanded(name, fields.get("Requires", ""), variables)):
        yield from _with_required(required, f", which '{name}' requires", seen)


def _names(text: str) -> list[str]:
    """The names in a field Requires, without conditions such as `>= 1.2`."""
    return re.findall(r"[^\s,<>=!]+", re.sub(r"[<>=!]+\s*\S+", "", text))


def _words(name: str, text: str, variables: dict[str, str]) -> list[str]:
    return shlex.split(_expanded(name, text, variables))


def _expanded(name: str, text: str, variables: dict[str, str], depth: int = 0) -> str:
    def value(match: re.Match[str]) -> str:
        if match[1] not in variables or depth > 20:
            raise InvalidArgument(f"{_file(name)} uses the variable '{match[1]}', which it does not define")
        return _expanded(name, variables[match[1]], variables, depth + 1)

    return re.sub(r"\$\{([\w.]+)\}", value, text)
