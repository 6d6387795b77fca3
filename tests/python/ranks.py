"""What programs under mpirun share: they run all their tests, one after the other, on all ranks."""
import traceback

from mpi4py import MPI


def run(names):
    """The functions test_* of these globals. A failure ends all ranks."""
    try:
        for name, test in list(names.items()):
            if name.startswith("test_"):
                test()
                MPI.COMM_WORLD.Barrier()
    except BaseException:
        traceback.print_exc()
        MPI.COMM_WORLD.Abort(1)  # or the others would wait for ever
    print("ok", flush=True)
