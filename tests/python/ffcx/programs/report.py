"""What the programs share: a solver, and how they tell what they computed."""
import json
import sys

from mpi4py import MPI
from petsc4py import PETSc

from dolfinx import fem
from dolfinx.fem import petsc


def solve(a, L, bcs=()):
    """The solution of a linear problem, by a direct solver."""
    options = {"ksp_type": "preonly", "pc_type": "lu", "pc_factor_mat_solver_type": "mumps"}
    return petsc.LinearProblem(a, L, bcs=list(bcs), petsc_options=options).solve()


def integral(form):
    return MPI.COMM_WORLD.allreduce(fem.assemble_scalar(fem.form(form)), op=MPI.SUM)


def report(**numbers):
    """Prints the numbers and, when dijitso is in the process, how often each thing happened."""
    parts = {name: [complex(value).real, complex(value).imag] for name, value in numbers.items()}
    dijitso = sys.modules.get("dijitso")
    counters = dijitso._dijitso.counters() if dijitso else None
    for rank in range(MPI.COMM_WORLD.size):
        if rank == MPI.COMM_WORLD.rank:
            print(json.dumps({"scalar": PETSc.ScalarType.__name__, "numbers": parts, "counters": counters}), flush=True)
        MPI.COMM_WORLD.barrier()
