"""Run by mpi_test.py under mpirun: a text with MPI, compiled by all ranks. Arguments: a directory that all share."""
import os
import sys

os.environ["DIJITSO_CACHE_DIR"] = os.path.join(sys.argv[1], "cache")

import dijitso
import numpy
import ranks
from mpi4py import MPI

SUM = """
#include <mpi.h>
double sum(double x) {
  double total = 0;
  MPI_Allreduce(&x, &total, 1, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
  return total;
}
"""


def test_sum_of_all_ranks():
    lib = dijitso.compile(SUM, mpi=True)
    numpy.testing.assert_equal(lib.sum(MPI.COMM_WORLD.rank + 1.0), sum(range(1, MPI.COMM_WORLD.size + 1)))


ranks.run(globals())
