"""Runs a program of DOLFIN with the collective jit: collective.py PROGRAM. docs/mpi.md has the first two functions."""
import os
import runpy
import sys

import dijitso
import ffc
from ffc.backends.ufc import get_include_path
from ffc.jitcompiler import _string_tuple, compute_jit_prefix, jit_generate
from ffc.parameters import validate_jit_parameters


def jit_on_ranks(comm, ufl_object, parameters=None):
    """ffc.jit by all ranks together."""
    parameters = validate_jit_parameters(parameters)
    _, name = compute_jit_prefix(ufl_object, parameters)
    params = {
        "cache": {"cache_dir": parameters["cache_dir"] or None},
        "build": {
            "debug": not parameters["cpp_optimize"],
            "cxxflags_opt": tuple(parameters["cpp_optimize_flags"].split()),
            "cxxflags_debug": ("-O0",),
            "include_dirs": (get_include_path(), *_string_tuple(parameters["external_include_dirs"])),
            "lib_dirs": _string_tuple(parameters["external_library_dirs"]),
            "libs": _string_tuple(parameters["external_libraries"]),
        },
        "generator": parameters,
    }
    dijitso.mpi.jit(comm, ufl_object, name, params, jit_generate)
    return ffc.jit(ufl_object, parameters)  # from memory, on every rank


def make_dolfin_collective():
    """From now on all that DOLFIN compiles is compiled once for all ranks, wherever their caches are."""
    import dolfin

    def ffc_jit(ufl_object, form_compiler_parameters=None, mpi_comm=dolfin.MPI.comm_world):
        of_dolfin = dict(dolfin.parameters["form_compiler"])
        return jit_on_ranks(mpi_comm, ufl_object, {**ffc.default_jit_parameters(), **of_dolfin, **(form_compiler_parameters or {})})

    def dijitso_jit(*args, mpi_comm=dolfin.MPI.comm_world, **more):
        return dijitso.mpi.jit(mpi_comm, *args, **more)

    dolfin.fem.form.ffc_jit = dolfin.function.functionspace.ffc_jit = ffc_jit
    dolfin.jit.jit.dijitso_jit = dijitso_jit


if __name__ == "__main__":
    os.environ["DIJITSO_CACHE_DIR"] += "/" + os.environ["OMPI_COMM_WORLD_RANK"]  # each rank is a node of its own
    make_dolfin_collective()
    runpy.run_path(sys.argv[1], run_name="__main__")
