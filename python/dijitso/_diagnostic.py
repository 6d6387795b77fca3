"""The class dijitso.errors.Diagnostic."""
from __future__ import annotations

from typing import NamedTuple


class Diagnostic(NamedTuple):
    """One message of the compiler. Lines and columns count from 1; 0 means that there is no position."""

    file: str
    line: int
    column: int
    severity: str
    message: str


Diagnostic.__module__ = "dijitso.errors"  # where it is documented, and where pickle looks for it
