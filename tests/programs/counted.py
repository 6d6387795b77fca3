"""Runs a program as Python would, then prints for each process of MPI how many modules it compiled: counted.py PROGRAM."""
import json
import runpy
import sys

from dijitso._dijitso import counters
from mpi4py import MPI

runpy.run_path(sys.argv[1], run_name="__main__")
print(json.dumps({"rank": MPI.COMM_WORLD.rank, "compiles": counters()["compiles"]}))
