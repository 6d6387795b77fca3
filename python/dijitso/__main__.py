"""The command line: `python -m dijitso` is dijitso-cache with the libraries of this package."""
from __future__ import annotations

import argparse
import os
import sys
from typing import Any, NoReturn, Sequence

from dijitso import _dijitso, cmdline
from dijitso.errors import DijitsoError, InvalidArgument, UsageError
from dijitso.log import set_log_level

_EXIT_USAGE = 64


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        print(f"{self.prog}: {message}\nTry '{self.prog} --help'.", file=sys.stderr)
        sys.exit(_EXIT_USAGE)


def _function(kind: str, command: str) -> Any:
    return getattr(cmdline, kind + command.replace("-", "_"))


def _make_parser() -> argparse.ArgumentParser:
    """Make the parser. Arguments that all commands have may precede or follow the command."""
    parser = _Parser(prog="dijitso", description="Looks into the cache of modules that dijitso has compiled.", allow_abbrev=False)
    parser.add_argument("--version", action="version", version=_dijitso.__version__)
    common = _dijitso.common_arguments()
    cmdline._add_arguments(parser, common)
    commands = parser.add_subparsers(dest="cmd_name", metavar="COMMAND", required=True)
    for name in cmdline._commands:
        summary = _function("cmd_", name).__doc__
        command = commands.add_parser(name, help=summary, description=summary, allow_abbrev=False)
        _function("args_", name)(command)
        cmdline._add_arguments(command, common)
    return parser


def _with_toggles(words: Sequence[str]) -> list[str]:
    """Replace `--dry-run clean` by `--dry-run=yes clean`, because argparse would take the command as the value."""
    toggles = {name for argument in _dijitso.common_arguments() if argument["kind"] == "toggle" for name in argument["names"]}
    following = [*words[1:], ""]
    return [word + "=yes" if word in toggles and then in cmdline._commands else word for word, then in zip(words, following)]


def _set_log_level(level: str) -> None:
    try:
        set_log_level(level)
    except InvalidArgument as error:
        raise UsageError(f"--verbose: {error}") from None


def main(args: Sequence[str] | None = None) -> int:
    """Run a command line, by default that of the program, and return its exit code: 64 for wrong usage."""
    parsed = _make_parser().parse_args(_with_toggles(sys.argv[1:] if args is None else args))
    params: dict[str, Any] = {"cache": {"cache_dir": getattr(parsed, "cache_dir", None)}}
    try:
        if hasattr(parsed, "verbose"):
            _set_log_level(parsed.verbose)
        code: int = _function("cmd_", parsed.cmd_name)(parsed, params)
        sys.stdout.flush()
        return code
    except DijitsoError as error:
        print(f"dijitso: {error}", file=sys.stderr)
        return _EXIT_USAGE if isinstance(error, UsageError) else cmdline._commands[parsed.cmd_name][2]
    except BrokenPipeError:
        # The reader of the pipe has closed it: discard the rest of the buffer.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return cmdline._commands[parsed.cmd_name][2]


if __name__ == "__main__":
    sys.exit(main())
