"""Stands in for an mpi4py of MPICH: what dijitso uses of it, over the MPI library that TEST_MPI_LIBRARY names, which is loaded as mpi4py
loads its own. Debian's mpi4py is one of Open MPI."""
import atexit
import ctypes
import os

_library = ctypes.CDLL(os.environ["TEST_MPI_LIBRARY"])
_library.MPI_Init(None, None)
atexit.register(_library.MPI_Finalize)


class Comm:
    def __init__(self, handle):
        self._handle = ctypes.c_int(handle)
        self.rank, self.size = self._ask("MPI_Comm_rank"), self._ask("MPI_Comm_size")

    def _ask(self, function):
        answer = ctypes.c_int()
        getattr(_library, function)(self._handle, ctypes.byref(answer))
        return answer.value


def _addressof(comm):
    return ctypes.addressof(comm._handle)


def Get_library_version():
    text, length = ctypes.create_string_buffer(8192), ctypes.c_int()
    _library.MPI_Get_library_version(text, ctypes.byref(length))
    return text.value.decode()


COMM_WORLD, COMM_SELF = Comm(0x44000000), Comm(0x44000001)  # the same in all MPIs of MPICH's ABI
