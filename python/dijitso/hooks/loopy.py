"""loopy's C and C++ targets: kernels are compiled in this process; dijitso's cache takes the place of codepy's.

loopy has codepy guess a toolchain, which asks the compiler for its version, and codepy compile with its flags.
"""
from __future__ import annotations

import ctypes
import os
import tempfile
from types import ModuleType
from typing import Any, Callable

from dijitso.hooks import _command
from dijitso.hooks._mechanism import Hook, Replacement, checked

BUILD = {"loopy of 2020 to 2025": ("self", "name", "code", "debug", "wait_on_error", "debug_recompile")}
CAPTURE = {"codepy of 2020 to 2025": ("args",)}
# What codepy looks for: the version, and whose compiler it is.
_VERSION = "gcc (dijitso) 12.0.0\nCopyright (C) Free Software Foundation, Inc.\n"


def _kernels(module: ModuleType) -> list[Replacement]:
    def make(stock: Callable[..., Any]) -> Callable[..., Any]:
        def build(self: Any, name: str, code: str, debug: bool = False, *args: Any, **kwargs: Any) -> Any:
            # A folder for each: a library that is loaded already would be taken for another one of the same name.
            folder = tempfile.mkdtemp(dir=self.tempdir)
            source = os.path.join(folder, f"code.{self.source_suffix}")
            with open(source, "w") as file:
                file.write(code)
            output = os.path.join(folder, "code.so")
            words = [*self.toolchain._cmdline([source], False), "-o", output]
            command = _command.parse(words)
            if command is None:
                return stock(self, name, code, debug, *args, **kwargs)
            if debug:
                print(" ".join(words))
            try:
                _command.run(command)
            except _command.CommandFailed as error:
                from codepy import CompileError  # type: ignore[import]

                raise CompileError(str(error)) from error
            return ctypes.CDLL(output)

        return build

    return [checked("loopy", module.CCompiler, "build", BUILD, make)]


def _toolchains(module: ModuleType) -> list[Replacement]:
    def make(stock: Callable[..., Any]) -> Callable[..., Any]:
        def call_capture_output(*args: Any) -> Any:
            return (0, _VERSION, "") if args[0][1:] == ["--version"] else stock(*args)

        return call_capture_output

    return [checked("loopy", module, "call_capture_output", CAPTURE, make)]


HOOK: Hook = Hook("loopy", "loopy of 2020 to 2025", {"loopy.target.c.c_execution": _kernels, "codepy.toolchain": _toolchains})
