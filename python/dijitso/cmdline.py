"""The commands available through the command line dijitso-cache, and `python -m dijitso`.

Each function cmd_<name> becomes a subcommand. Its `args` is a Namespace object with the command-line arguments that
args_<name>(parser) adds to a parser of argparse; an absent argument has its default. It prints to standard output and returns the
exit code.
"""
from __future__ import annotations

import argparse
import sys
from typing import Any

from dijitso import _dijitso

_commands = {name: (arguments, epilog, failure) for name, arguments, epilog, failure in _dijitso.commands()}


def _add_arguments(parser: argparse.ArgumentParser, arguments: list[dict[str, Any]]) -> None:
    for argument in arguments:
        more: dict[str, Any] = {"help": argument["help"].replace("%", "%%"), "default": argparse.SUPPRESS}
        if argument["kind"] == "flag":
            more["action"] = "store_true"
        else:
            more["metavar"] = argument["metavar"]
        if argument["kind"] == "toggle":
            more.update(nargs="?", const="yes")
        if argument["names"][0].startswith("-"):
            more.update(dest=argument["dest"], required=argument["required"])
            if argument["kind"] == "list":
                more["action"] = "append"
        elif argument["kind"] == "list":
            more["nargs"] = "+" if argument["required"] else "*"
        elif not argument["required"]:
            more["nargs"] = "?"
        parser.add_argument(*argument["names"], **more)


def _add_command(name: str, parser: argparse.ArgumentParser) -> None:
    arguments, epilog, _ = _commands[name]
    _add_arguments(parser, arguments)
    parser.set_defaults(**{argument["dest"]: argument["default"] for argument in arguments})
    if epilog:
        parser.epilog = epilog.replace("%", "%%")
        parser.formatter_class = argparse.RawDescriptionHelpFormatter


def _run(name: str, args: object, params: dict[str, Any] | None) -> int:
    known = {argument["dest"] for argument in _commands[name][0] + _dijitso.common_arguments()}
    given = {dest: value for dest, value in vars(args).items() if dest in known}
    return _dijitso.run_command(name, given, params, sys.stdout.write)


def parse_categories(categories: str) -> tuple[str, ...]:
    """The categories in a text: names separated by commas, or "all"."""
    return tuple(_dijitso.parse_categories(categories))


def args_checkout(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of cmd_checkout."""
    _add_command("checkout", parser)


def args_clean(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of cmd_clean."""
    _add_command("clean", parser)


def args_config(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of cmd_config."""
    _add_command("config", parser)


def args_deps(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of cmd_deps."""
    _add_command("deps", parser)


def args_diff(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of cmd_diff."""
    _add_command("diff", parser)


def args_disasm(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of cmd_disasm."""
    _add_command("disasm", parser)


def args_doctor(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of cmd_doctor."""
    _add_command("doctor", parser)


def args_explain(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of cmd_explain."""
    _add_command("explain", parser)


def args_export(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of cmd_export."""
    _add_command("export", parser)


def args_gc(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of cmd_gc."""
    _add_command("gc", parser)


def args_grep(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of cmd_grep."""
    _add_command("grep", parser)


def args_grepfunction(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of cmd_grepfunction."""
    _add_command("grepfunction", parser)


def args_import(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of cmd_import."""
    _add_command("import", parser)


def args_inspect(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of cmd_inspect."""
    _add_command("inspect", parser)


def args_locks(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of cmd_locks."""
    _add_command("locks", parser)


def args_pack_headers(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of cmd_pack_headers."""
    _add_command("pack-headers", parser)


def args_precompile(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of cmd_precompile."""
    _add_command("precompile", parser)


def args_pin(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of cmd_pin."""
    _add_command("pin", parser)


def args_report(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of cmd_report."""
    _add_command("report", parser)


def args_show(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of cmd_show."""
    _add_command("show", parser)


def args_stats(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of cmd_stats."""
    _add_command("stats", parser)


def args_symbols(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of cmd_symbols."""
    _add_command("symbols", parser)


def args_unpin(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of cmd_unpin."""
    _add_command("unpin", parser)


def args_verify(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of cmd_verify."""
    _add_command("verify", parser)


def args_version(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of cmd_version."""
    _add_command("version", parser)


def args_why(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of cmd_why."""
    _add_command("why", parser)


def cmd_checkout(args: object, params: dict[str, Any] | None) -> int:
    """copy files from cache to a directory"""
    return _run("checkout", args, params)


def cmd_clean(args: object, params: dict[str, Any] | None) -> int:
    """remove files from cache"""
    return _run("clean", args, params)


def cmd_config(args: object, params: dict[str, Any] | None) -> int:
    """show configuration"""
    return _run("config", args, params)


def cmd_deps(args: object, params: dict[str, Any] | None) -> int:
    """show what a module needs, or what needs it"""
    return _run("deps", args, params)


def cmd_diff(args: object, params: dict[str, Any] | None) -> int:
    """compare two variants of a compiled module"""
    return _run("diff", args, params)


def cmd_disasm(args: object, params: dict[str, Any] | None) -> int:
    """show the instructions of a compiled module"""
    return _run("disasm", args, params)


def cmd_doctor(args: object, params: dict[str, Any] | None) -> int:
    """check that this machine and directory are fit for a cache"""
    return _run("doctor", args, params)


def cmd_explain(args: object, params: dict[str, Any] | None) -> int:
    """show why a run would, or would not, find a module in the cache"""
    return _run("explain", args, params)


def cmd_export(args: object, params: dict[str, Any] | None) -> int:
    """write modules to an archive"""
    return _run("export", args, params)


def cmd_gc(args: object, params: dict[str, Any] | None) -> int:
    """remove what was used longest ago"""
    return _run("gc", args, params)


def cmd_grep(args: object, params: dict[str, Any] | None) -> int:
    """grep content of header and source file(s) in cache"""
    return _run("grep", args, params)


def cmd_grepfunction(args: object, params: dict[str, Any] | None) -> int:
    """search for function name in source files in cache"""
    return _run("grepfunction", args, params)


def cmd_import(args: object, params: dict[str, Any] | None) -> int:
    """publish the modules of an archive in the cache"""
    return _run("import", args, params)


def cmd_inspect(args: object, params: dict[str, Any] | None) -> int:
    """show what a compiled module is made of"""
    return _run("inspect", args, params)


def cmd_locks(args: object, params: dict[str, Any] | None) -> int:
    """show which modules are being built, and by whom"""
    return _run("locks", args, params)


def cmd_pack_headers(args: object, params: dict[str, Any] | None) -> int:
    """put headers into one file, for machines that have none"""
    return _run("pack-headers", args, params)


def cmd_precompile(args: object, params: dict[str, Any] | None) -> int:
    """precompile headers of programs before they run"""
    return _run("precompile", args, params)


def cmd_pin(args: object, params: dict[str, Any] | None) -> int:
    """keep modules from being removed by gc"""
    return _run("pin", args, params)


def cmd_report(args: object, params: dict[str, Any] | None) -> int:
    """write a page about the whole cache"""
    return _run("report", args, params)


def cmd_show(args: object, params: dict[str, Any] | None) -> int:
    """show lists of files in cache"""
    return _run("show", args, params)


def cmd_stats(args: object, params: dict[str, Any] | None) -> int:
    """show how often the cache was used, and what that saved"""
    return _run("stats", args, params)


def cmd_symbols(args: object, params: dict[str, Any] | None) -> int:
    """search the compiled modules for a symbol"""
    return _run("symbols", args, params)


def cmd_unpin(args: object, params: dict[str, Any] | None) -> int:
    """let gc remove modules again"""
    return _run("unpin", args, params)


def cmd_verify(args: object, params: dict[str, Any] | None) -> int:
    """check that everything in the cache is as it was written"""
    return _run("verify", args, params)


def cmd_version(args: object, params: dict[str, Any] | None) -> int:
    """print dijitso version"""
    return _run("version", args, params)


def cmd_why(args: object, params: dict[str, Any] | None) -> int:
    """show why a module needs another"""
    return _run("why", args, params)
