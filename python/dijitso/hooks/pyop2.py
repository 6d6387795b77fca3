"""PyOP2 of Firedrake: its kernels are compiled in this process, on the rank that PyOP2 chooses, without mpicc.

PyOP2 asks the compiler for its version first, to choose flags. Here it gets the class for gcc, whose one command compiles and links.
"""
from __future__ import annotations

from dijitso.errors import DijitsoError
from dijitso.hooks._mechanism import Hook, Replacement, checked

TYPE_CHECKING = False  # typing is not imported for it
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any, Callable, Sequence

RUN = {"PyOP2 of 2024 to 2026": ("cc", "logfile", "errfile", "step", "filemode")}
SNIFF = {"PyOP2 of 2024 to 2026": ("exe", "comm")}


def _seam(module: ModuleType) -> list[Replacement]:
    def make_run(stock: Callable[..., Any]) -> Callable[..., Any]:
        def _run(cc: Sequence[str], logfile: Any, errfile: Any, step: str = "Compilation", filemode: str = "w") -> Any:
            # Imported here, because a program whose kernels are there already runs no command.
            from dijitso.hooks import _command

            command = _command.parse([str(word) for word in cc])
            if command is None:
                return stock(cc, logfile, errfile, step, filemode)
            with open(logfile, filemode) as log, open(errfile, filemode) as err:
                log.write(f"{step} command, in the process:\n{' '.join(map(str, cc))}\n\n")
                try:
                    _command.run(command)
                except (_command.CommandFailed, DijitsoError) as error:
                    err.write(f"{error}\n")
                    raise module.CompilationError(f"{error}\nCompile log in {logfile}\nCompile errors in {errfile}") from error

        return _run

    def make_sniff(stock: Callable[..., Any]) -> Callable[..., Any]:
        def sniff_compiler(exe: str, comm: Any = None) -> Any:
            return _GnuCompiler(module)

        return sniff_compiler

    return [checked("pyop2", module, "_run", RUN, make_run), checked("pyop2", module, "sniff_compiler", SNIFF, make_sniff)]


class _GnuCompiler:
    """PyOP2's class for gcc, called with a version that needs no flags against bugs."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._module.LinuxGnuCompiler(*args, version=self._module.Version("12"), **kwargs)


HOOK: Hook = Hook("pyop2", "PyOP2 of 2024 to 2026", {"pyop2.compilation": _seam})
