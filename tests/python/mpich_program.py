"""Run by mpich_test.py under mpirun of MPICH: the collective functions. Argument: a directory that all ranks share."""
import os
import sys

import dijitso
from dijitso import mpi
from mpi4py import MPI

comm = MPI.COMM_WORLD
os.environ["DIJITSO_CACHE_DIR"] = f"{sys.argv[1]}/node{comm.rank}"


def code(number):
    return lambda *args: ("", f'extern "C" int answer() {{ return {number}; }}', ())


def compiles():
    return dijitso._dijitso.counters()["compiles"]


library, _ = mpi.jit(comm, None, "one", {}, code(42))
assert library.answer() == 42 and compiles() == (comm.rank == 0)
several = mpi.jit_many(comm, [(None, f"m{i}", {}, code(i)) for i in range(4)])
assert [library.answer() for library, _ in several] == [0, 1, 2, 3]
for wrong, kind in (lambda *args: 1 / 0, dijitso.errors.GenerateFailed), (lambda *args: ("", "int f( {", ()), dijitso.errors.CompileFailed):
    try:
        mpi.jit(comm, None, "wrong", {}, wrong)
    except kind as error:
        assert str(error).startswith(f"rank 0 of {comm.size}: "), error
    else:
        raise AssertionError("no error")
assert mpi.traffic()["bytes_sent" if comm.rank == 0 else "bytes_received"] > 0
print("ok", flush=True)
