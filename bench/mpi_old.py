"""All ranks of a job ask for modules with the old package: rank 0 compiles each with g++, the others read its cache afterwards, as DOLFIN
has them do. mpi.py starts it.

    mpi_old.py MANIFEST NAME...

Prints JSON: the seconds from when all begin to when all have the modules, with nothing cached.
"""
import json
import sys
import time

from mpi4py import MPI

from module_worker import Modules


def ask(modules, names):
    world = MPI.COMM_WORLD
    world.Barrier()
    begin = time.perf_counter()
    for name in names:
        if world.rank != 0:
            world.Barrier()
        modules.build(name)
        if world.rank == 0:
            world.Barrier()
    world.Barrier()
    return time.perf_counter() - begin


def main():
    modules = Modules(sys.argv[1], {})
    names = sys.argv[2:]
    cold = ask(modules, names)
    if MPI.COMM_WORLD.rank == 0:
        print(json.dumps({"cold": cold}))


if __name__ == "__main__":
    main()
