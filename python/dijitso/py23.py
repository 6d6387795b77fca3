"""Conversions of text and bytes. (The name dates from Python 2; a native string is now a str.)"""
from __future__ import annotations

import os
from typing import Iterable, Union

# A path, where one is taken: of pathlib, too.
Path = Union[str, "os.PathLike[str]"]


def as_bytes(s: str | bytes) -> bytes:
    """Return s if bytes, or encode the string to bytes using utf-8."""
    return s if isinstance(s, bytes) else s.encode("utf-8")


def as_unicode(s: str | bytes) -> str:
    """Return s if a string, or decode bytes to a string using utf-8."""
    return s.decode("utf-8") if isinstance(s, bytes) else s


def as_native_str(s: str | bytes) -> str:
    """Return s as str, decoded using utf-8 if necessary."""
    return as_unicode(s)


def as_native_strings(stringlist: Iterable[str | bytes]) -> list[str]:
    """Return the items as a list of str."""
    return [as_native_str(s) for s in stringlist]
