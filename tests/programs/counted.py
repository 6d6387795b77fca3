"""Runs a program as Python would, then prints for each process of mpirun how many modules it compiled: counted.py PROGRAM [ARGUMENTS]."""
import json
import os
import runpy
import sys

from dijitso._dijitso import counters

del sys.argv[0]
runpy.run_path(sys.argv[0], run_name="__main__")
# Asking MPI itself would change who initializes it and when it ends.
print(json.dumps({"rank": int(os.environ["OMPI_COMM_WORLD_RANK"]), "compiles": counters()["compiles"]}))
