"""SymPy's autowrap with backend="cython", and ufuncify: nothing is started, neither setup.py nor a compiler.

SymPy runs a setup.py, by another Python, in a temporary folder. Here it runs in this process; that of ufuncify does not run at all, because
all it says is the names of two files. Fortran (backend="f2py") goes the old way.
"""
from __future__ import annotations

import contextlib
import importlib
import io
import runpy
import sys
import sysconfig
from types import ModuleType
from typing import Any, Callable

from dijitso.hooks import _command, setuptools
from dijitso.hooks._mechanism import Hook, Replacement, checked

PROCESS_FILES = {"sympy 1.11 to 1.14": ("self", "routine")}
_SETUP = ["setup.py", "build_ext", "--inplace"]


def _seam(module: ModuleType) -> list[Replacement]:
    def make(stock: Callable[..., Any]) -> Callable[..., Any]:
        def _process_files(self: Any, routine: Any) -> Any:
            if self.command[1:4] != _SETUP:
                return stock(self, routine)
            output = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)  # numpy.distutils asks for its encoding
            try:
                with setuptools.compilers_in_process(), contextlib.redirect_stdout(output):
                    if isinstance(self, module.UfuncifyCodeWrapper):
                        _build_ufunc(self)
                    else:
                        _run_setup(list(self.flags))
            except (Exception, SystemExit) as error:
                raise module.CodeWrapError(f"Error while executing setup.py in this process: {error}\n{_text(output)}") from error
            importlib.invalidate_caches()  # the folder may have been searched before the file was there
            if not self.quiet:
                print(_text(output))

        return _process_files

    return [checked("sympy", module.CodeWrapper, "_process_files", PROCESS_FILES, make)]


def _text(output: io.TextIOWrapper) -> str:
    output.seek(0)
    return output.read()


def _build_ufunc(wrapper: Any) -> None:
    import numpy

    include_dirs = [sysconfig.get_path("include"), numpy.get_include()]
    sources = [f"{wrapper.module_name}.c", f"{wrapper.filename}.c"]
    output = wrapper.module_name + sysconfig.get_config_var("EXT_SUFFIX")
    command = _command.parse(["gcc", "-shared", "-O2", "-fPIC", *(f"-I{folder}" for folder in include_dirs), *sources, "-lm", "-o", output])
    assert command is not None
    _command.run(command)


def _run_setup(flags: list[str]) -> None:
    words = sys.argv[:]
    sys.argv[:] = [*_SETUP, *flags]
    try:
        runpy.run_path("setup.py", run_name="__main__")
    finally:
        sys.argv[:] = words


HOOK: Hook = Hook("sympy", "sympy 1.11 to 1.14", {"sympy.utilities.autowrap": _seam, **setuptools.seams_meanwhile("sympy")})
