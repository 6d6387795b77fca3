"""The exceptions of dijitso. Each message names the thing that went wrong and the remedy.

An exception raised by a `generate`, `send`, `receive` or `wait` of the caller passes through unchanged and is not one of these.
"""
from __future__ import annotations

import dijitso

TYPE_CHECKING = False  # typing is not imported for it
if TYPE_CHECKING:
    from typing import Any, Sequence

    from dijitso._diagnostic import Diagnostic

_FILES = ("src_filename", "cmd_filename", "readme_filename", "fail_dir", "log_filename")


class DijitsoError(RuntimeError):
    """Base class of all exceptions of dijitso.

    `err_info` has the names of the files that a failed build left for inspection: src_filename, cmd_filename, readme_filename,
    fail_dir and log_filename; each is None when there is no such file.
    """

    def __init__(self, message: str, err_info: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.err_info: dict[str, Any] = {**dict.fromkeys(_FILES), **(err_info or {})}


class InvalidArgument(DijitsoError, ValueError):
    """An argument or parameter that cannot be used. Nothing was created or changed."""


class UsageError(InvalidArgument):
    """An argument of a command of dijitso.cmdline that cannot be used."""


class GenerateFailed(DijitsoError):
    """The builder could not produce code: `generate` failed in another process, or returned something unusable."""


class CompileFailed(DijitsoError):
    """The generated code does not compile. `diagnostics` are the messages of the compiler."""

    def __init__(self, message: str, err_info: dict[str, Any] | None = None, diagnostics: Sequence[Diagnostic] = ()) -> None:
        super().__init__(message, err_info)
        self.diagnostics = tuple(diagnostics)


class LinkFailed(DijitsoError):
    """The compiled code cannot be linked into this process. `missing_symbols` are demangled."""

    def __init__(self, message: str, err_info: dict[str, Any] | None = None, missing_symbols: Sequence[str] = ()) -> None:
        super().__init__(message, err_info)
        self.missing_symbols = tuple(missing_symbols)


class SymbolNotFound(LinkFailed, AttributeError):
    """A library has no function of this name."""


class CacheError(DijitsoError):
    """The disk cache, or a component that is loaded at run time, cannot be used, and dijitso cannot continue without it."""


class CommunicationError(DijitsoError):
    """A message from another process is missing or damaged, or reports that process's failure."""


def __getattr__(name: str) -> object:
    """Diagnostic, which is imported when it is first used: it needs the module collections."""
    if name != "Diagnostic":
        raise AttributeError(f"module 'dijitso.errors' has no attribute '{name}'")
    found: object = dijitso._module("_diagnostic").Diagnostic
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), "Diagnostic"})
