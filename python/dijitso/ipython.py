"""C and C++ in cells of IPython and Jupyter.

    %load_ext dijitso

    %%dijitso --flags "-O3 -march=native"
    double f(double x) { return 2 * x; }

Then `f(2.0)` works in other cells. `%%dijitso?` lists the options.
"""
# IPython has no types.
# mypy: disable-error-code="import,misc"
from __future__ import annotations

import os
import shlex
import tempfile
from typing import Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics, cell_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring

from dijitso import compiled
from dijitso.errors import DijitsoError


@magics_class
class DijitsoMagics(Magics):
    """The magic functions of dijitso."""

    @magic_arguments()
    @argument("--language", choices=("c", "c++"), default="c++", help="The language of the cell (C++ by default)")
    @argument("--std", help="The standard, as in -std=")
    @argument("--flags", default="", help='Flags of the compiler, in quotes: "-O3 -march=native"')
    @argument("--include-dir", action="append", default=[], help="A directory to search for headers; may be given again")
    @argument("--library", action="append", default=[], help="A library, as after -l; may be given again")
    @argument("--packages", default="", help='Packages of pkg-config, in quotes when there are several: "eigen3 fftw3"')
    @argument("--mpi", action="store_true", help="The cell uses MPI")
    @argument("--openmp", action="store_true", help="The cell uses OpenMP")
    @argument("--lenient", action="store_true", help="What gcc 12 accepts or only warns about is no error")
    @argument("--depends-on", action="append", default=[], help="The variable of a library whose functions the cell uses")
    @argument("--name", help="The variable for the library, with which names in namespaces are reached")
    @cell_magic
    def dijitso(self, line: str, cell: str) -> None:
        """Compile the cell, and put its functions, variables and structures into the namespace."""
        options = parse_argstring(self.dijitso, line)
        unquoted = options.flags.strip("\"'")
        packages = [options.packages.strip("\"'")]
        namespace: dict[str, Any] = self.shell.user_ns
        missing = [name for name in options.depends_on if name not in namespace]
        if missing:
            raise UsageError(f"there is no variable '{missing[0]}': give the cell of that library the option --name {missing[0]}")
        # What a typing error leaves for inspection shall not lie beside the notebook.
        failures = os.path.join(tempfile.gettempdir(), f"dijitso-{os.getuid()}")
        try:
            # The first line of the cell is the one with %%dijitso.
            library = compiled.compile('#line 2 "cell"\n' + cell, name="cell", language=options.language, std=options.std,
                                       flags=shlex.split(unquoted), include_dirs=options.include_dir, libraries=options.library,
                                       packages=list(filter(str.strip, packages)), mpi=options.mpi, openmp=options.openmp, lenient=options.lenient,
                                       dependencies=[namespace[name] for name in options.depends_on],
                                       params={"cache": {"fail_dir_root": failures}})
        except DijitsoError as error:
            raise UsageError(str(error)) from None
        namespace.update(library._usable())
        if options.name:
            namespace[options.name] = library


def load_ipython_extension(ipython: Any) -> None:
    """Called by `%load_ext dijitso.ipython`."""
    ipython.register_magics(DijitsoMagics)
