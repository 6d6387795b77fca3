"""Runs a program as Python would, then prints for each process of MPI whether it loaded the compiler: counted.py PROGRAM."""
import json
import pathlib
import runpy
import sys

from mpi4py import MPI

runpy.run_path(sys.argv[1], run_name="__main__")
loaded = "libdijitso-compiler.so" in pathlib.Path("/proc/self/maps").read_text()
print(json.dumps({"rank": MPI.COMM_WORLD.rank, "compiled": loaded}))
