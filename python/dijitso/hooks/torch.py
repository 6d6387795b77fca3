"""torch.utils.cpp_extension: `load` and `load_inline` of C++ run in this process what torch has written for ninja.

torch writes a build.ninja with its flags, and has ninja run it. Here its few commands are read and run in the process. If nvcc or another
compiler is among them, ninja is started as before.
"""
from __future__ import annotations

import os
import re
import shlex
from types import ModuleType
from typing import Any, Callable, Iterator

from dijitso.errors import DijitsoError
from dijitso.hooks import _command
from dijitso.hooks._mechanism import Hook, Replacement, checked

RUN = {"torch 1.13 to 2.9": ("build_directory", "verbose", "error_prefix")}
COMPILER = {"torch 1.13 to 2.9": ("compiler",)}
NINJA: dict[str, tuple[str, ...]] = {"torch 1.13 to 2.9": ()}


def _seam(module: ModuleType) -> list[Replacement]:
    def make_run(stock: Callable[..., Any]) -> Callable[..., Any]:
        def _run_ninja_build(build_directory: str, verbose: bool, error_prefix: str) -> Any:
            with open(os.path.join(build_directory, "build.ninja"), encoding="utf-8") as file:
                lines = list(_commands(file.read()))
            commands = [_command.parse(_without_dependencies(words)) for words in lines]
            if None in commands:
                from dijitso import log

                log.warning("not only C++, so ninja is started in %s", build_directory)
                return stock(build_directory, verbose, error_prefix)
            for words, command in zip(lines, commands):
                assert command is not None
                if verbose:
                    print(shlex.join(words))
                try:
                    _command.run(_command.in_folder(command, build_directory))
                except (_command.CommandFailed, DijitsoError) as error:
                    raise RuntimeError(f"{error_prefix}: {error}") from error

        return _run_ninja_build

    replacements = [checked("torch", module, "_run_ninja_build", RUN, make_run),
                    checked("torch", module, "verify_ninja_availability", NINJA, lambda stock: lambda: None)]
    replacements += [checked("torch", module, name, COMPILER, lambda stock, result=result: lambda compiler: result)  # type: ignore[misc]
                     for name, result in (("check_compiler_abi_compatibility", True),
                                          ("get_compiler_abi_compatibility_and_version", (True, None))) if hasattr(module, name)]
    return replacements


def _commands(text: str) -> Iterator[list[str]]:
    """The commands of a file for ninja, in the order of the file, as far as torch uses its language."""
    variables: dict[str, str] = {}
    rules: dict[str, str] = {}
    rule = ""
    for line in text.replace("$\n", "").splitlines():
        name, is_assignment, value = (part.strip() for part in line.partition("="))
        if line.startswith("rule "):
            rule = line.split()[1]
        elif line.startswith("build "):
            outputs, _, inputs = (part.strip() for part in re.split(r"(?<!\$)(:)", line.removeprefix("build "), maxsplit=1))
            used, _, files = inputs.partition(" ")
            values = {**variables, "in": _quoted(files), "out": _quoted(outputs)}
            yield shlex.split(re.sub(r"\$\{?(\w+)\}?", lambda match: values.get(match[1], ""), rules[used]))
        elif line.startswith(" ") and name == "command":
            rules[rule] = value
        elif is_assignment and not line.startswith(" "):
            variables[name] = value


def _quoted(files: str) -> str:
    """File names with ninja's escapes, for a shell."""
    return shlex.join(re.sub(r"\$(.)", r"\1", name) for name in re.split(r"(?<!\$) ", files))


def _without_dependencies(words: list[str]) -> list[str]:
    """Without the options that write a list of headers for ninja."""
    kept = [word for word in words if word != "-MMD"]
    while "-MF" in kept:
        at = kept.index("-MF")
        del kept[at:at + 2]
    return kept


HOOK: Hook = Hook("torch", "torch 1.13 to 2.9", {"torch.utils.cpp_extension": _seam})
