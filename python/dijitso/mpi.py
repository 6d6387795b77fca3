"""Utilities for mpi features of dijitso: `jit` of all ranks together, and the documented functions for roles and communicators.

`comm` is a communicator of mpi4py, which is not imported here: a program without MPI does not need it. All functions are collective
over `comm`, unless they say otherwise; a failure on one process is raised on all of them.
"""
from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib.util
import os
import re
import stat
import sys
import uuid
from typing import TYPE_CHECKING, Any, Iterable, Literal, NamedTuple, Optional, Sequence

from dijitso import _dijitso
from dijitso.errors import CacheError, CommunicationError, InvalidArgument
from dijitso.system import ldd

if TYPE_CHECKING:
    import numpy
    from dijitso.jit import Generate
    from mpi4py.MPI import Comm
    from numpy.typing import NDArray

    CommsAndRole = tuple[Optional[Comm], Optional[Comm], str]
    BuildOn = Literal["auto", "root", "node", "process"]
    Isa = Literal["common", "per_class"]
    Compression = Literal["auto", "always", "never"]


# The extension modules, each linked with another MPI: that with which dijitso was built, and MPICH beside it.
_EXTENSIONS = ("_mpi", "_mpi_mpich")
_MPI_LIBRARY = re.compile(r"libmpi(ch|_(cray|gnu|ibm|intel)\w*)?\.so\b")


class _Built(NamedTuple):
    """An extension module that is installed, and the MPI library that it needs: its name, and where the dynamic linker would find it."""

    module: str
    library: str
    path: str | None

    def is_linked_with_one_of(self, files: list[str]) -> bool:
        found = os.path.realpath(self.path) if self.path else None
        return any(file == found or os.path.basename(file).startswith(self.library) for file in files)


def _built_extensions() -> list[_Built]:
    """They are not imported: that would load their MPI libraries, and a process should have one of these."""
    specs = (importlib.util.find_spec(f"dijitso.{name}") for name in _EXTENSIONS)
    return [_Built(spec.name, library, path) for spec in specs if spec and spec.origin
            for library, path in ldd(spec.origin).items() if _MPI_LIBRARY.match(library)]


def _loaded_mpis() -> list[str]:
    """The MPI libraries of this process, by path."""
    with open("/proc/self/maps") as maps:
        files = {line.rstrip("\n").split(maxsplit=5)[-1] for line in maps}
    return sorted(file for file in files if _MPI_LIBRARY.match(os.path.basename(file)))


@functools.cache
def _extension(MPI: Any) -> Any:
    """The extension module that is linked with the MPI of mpi4py."""
    version, loaded, built = MPI.Get_library_version(), _loaded_mpis(), _built_extensions()
    for each in built:
        if each.is_linked_with_one_of(loaded):
            try:
                extension = importlib.import_module(each.module)
            except ImportError as error:
                raise CacheError(f"{each.module}, which shares builds between processes of MPI, cannot be loaded: {error}") from error
            if extension.is_linked_with(version, MPI._addressof(MPI.COMM_WORLD)):
                return extension
    theirs = " ".join(version.split("\n")[0].rstrip("\0").split())
    ours = " and ".join(each.library for each in built) or "no MPI"
    raise CacheError(f"mpi4py uses another MPI than dijitso, {theirs} ({', '.join(loaded) or 'no library of its own'}), and this dijitso was "
                     f"built for {ours}: build it with -DDIJITSO_MPI=ON and the MPI of mpi4py; docs/mpi.md says which MPIs can stand for each other")


def _ranks(comm: Comm, build_on: str, isa: str, compression: str) -> object:
    MPI: Any = sys.modules.get("mpi4py.MPI")  # imported by every program that has a communicator
    if MPI is None or not isinstance(comm, MPI.Comm):
        raise InvalidArgument(f"comm must be a communicator of mpi4py, such as mpi4py.MPI.COMM_WORLD, not a value of type "
                              f"{type(comm).__name__}")
    return _extension(MPI).ranks(MPI._addressof(comm), build_on, isa, compression)


def jit(
    comm: Comm,
    jitable: Any,
    name: str,
    params: dict[str, Any] | None,
    generate: Generate | None = None,
    *,
    build_on: BuildOn = "auto",
    isa: Isa = "common",
    compression: Compression = "auto",
) -> tuple[Any, str]:
    """dijitso.jit by all ranks of a communicator of mpi4py together; the result is that of dijitso.jit, on every rank.

    Collective: all ranks give the same name, parameters and strategy, except the places of caches, build.target_cpu, and
    `generate`, which only builders need. First, one small message decides whether all ranks have the module in memory. If not,
    those that have it send it to the others; if no rank has it, it is built, depending on `build_on`:

      * "root": by the first rank; all others receive it;
      * "node": by one rank for each cache directory; the others that share the directory receive it;
      * "process": by each rank for itself, with its own cache directory;
      * "auto": like "root", but by the first rank that has both `generate` and a usable cache directory.

    `isa`: "common" builds for the features that all processors have, "per_class" once for each requested build.target_cpu.
    `compression` of the modules that are sent: "auto" compresses only between machines.

    `generate` is called only on builders. It may call dijitso.jit, which is not collective, for dependencies of the module; they
    are sent with it. So FFC's jit_generate can be passed unchanged. It must not call this function.

    A failure on one rank is raised on all of them, with the same class of dijitso.errors and the same text, which begins with the
    rank: "rank 0 of 8: ...". An exception of `generate` becomes GenerateFailed; on the rank where it was raised it is the
    `__cause__` of that. The communicator can be used again at once. Raises the exceptions of dijitso.jit, also for arguments that
    are wrong on one rank only. Only errors of the communicator itself are raised on one rank without the others: InvalidArgument
    for a comm that is not of mpi4py or was freed, CacheError when dijitso was not built for the MPI of mpi4py.

    Other threads of Python may run meanwhile, but not two collective operations on one communicator at once.
    """
    return _dijitso.jit_on_ranks(_ranks(comm, build_on, isa, compression), jitable, name, params, generate)


def jit_many(
    comm: Comm,
    requests: Iterable[tuple[Any, str, dict[str, Any] | None, Generate | None]],
    *,
    build_on: BuildOn = "auto",
    isa: Isa = "common",
    compression: Compression = "auto",
) -> list[tuple[Any, str]]:
    """`jit` of several modules, each given as (jitable, name, params, generate); a module may depend on earlier ones.

    Collective, with the same list on all ranks. With build_on "auto" the modules that no rank has are distributed among the ranks
    that have `generate`: each rank generates and compiles its own at the same time as the others, and all ranks get all modules.
    Otherwise the result is the same as calling jit for one after the other.

    A `generate` may call dijitso.jit for modules that are not in the list, which are built where it runs, and for earlier modules
    in the list, which are not built again; their code must not be used before all modules have arrived (InvalidArgument).

    Returns the result of jit for each. The first failure in the order of the list is raised, on all ranks; the modules that
    succeeded are in memory and cache. Errors as for jit.
    """
    listed = [(jitable, name, params, generate) for jitable, name, params, generate in requests]
    return _dijitso.jit_many_on_ranks(_ranks(comm, build_on, isa, compression), listed)


class ImportResult(NamedTuple):
    """The number of modules that were imported from an archive, and of those that the cache had already."""

    imported: int
    present: int


def import_modules(comm: Comm, file: str, cache_params: dict[str, Any] | None) -> ImportResult:
    """Import an archive of `dijitso-cache export` for all ranks.

    Rank 0 reads it, and the others need not see it; one rank for each cache directory publishes its modules there.

    Collective. Returns the sums over all directories. CacheError, on all ranks, when the archive is damaged or cannot be read.
    """
    return ImportResult(*_dijitso.import_modules_on_ranks(_ranks(comm, "auto", "common", "auto"), file, cache_params))


def traffic() -> dict[str, int]:
    """The traffic of `jit` of this module in this process: bytes_sent, bytes_received, and agreements.

    `agreements` is the number of small collective operations. Each byte is counted once at its source and once at its destination. Local.
    """
    used = (sys.modules.get(f"dijitso.{name}") for name in _EXTENSIONS)
    return next((dict(extension.traffic()) for extension in used if extension), dict.fromkeys(("bytes_sent", "bytes_received", "agreements"), 0))


# A message of MPI has at most 2**31 - 1 items.
_CHUNK = 1 << 30

# Files with which processes find each other, `rank.<id>.<rank>`, and the age in seconds after which their program must have crashed.
_RANK_FILE = re.compile(r"rank\.([0-9a-f]{32})\.([0-9]{1,9})")
_LEFTOVER_AGE = 3600

_LENGTH_SIZE = 8
_DIGEST_SIZE = 32


def _agree(comm: Comm, problem: str | None) -> None:
    """Raise on all processes when one has a problem. No process returns before all have called this."""
    problems = comm.allgather(problem)
    for rank, text in enumerate(problems):
        if text is not None:
            raise CommunicationError(f"rank {rank} of {comm.size}: {text}")


def bcast_uuid(comm: Comm) -> int:
    """Create a unique id shared across all processes in comm."""
    guid: int = comm.bcast(uuid.uuid4().int if comm.rank == 0 else None, root=0)
    return guid


def _remove_leftovers(path: str, own_id: str, now: float) -> None:
    """Remove the files of programs that crashed; `now` is the time of the file system."""
    for name in os.listdir(path):
        match = _RANK_FILE.fullmatch(name)
        if match and match[1] != own_id:
            with contextlib.suppress(OSError):  # perhaps another process was faster
                status = os.lstat(os.path.join(path, name))
                if stat.S_ISREG(status.st_mode) and status.st_mtime < now - _LEFTOVER_AGE:
                    os.unlink(os.path.join(path, name))


def discover_path_access_ranks(comm: Comm, path: str) -> list[int]:
    """Discover which ranks share access to the same directory.

    This cannot be done by comparing paths, because a path string can represent a local work directory or a network mapped
    directory, depending on cluster configuration.

    Each process makes a file with its rank in the name in the given path, which is created if necessary. The files that it finds
    there belong to the ranks that have access to the same directory. A random id in the names distinguishes programs. The files are
    removed, also after a failure. Such files that are more than an hour older remain from programs that crashed, and are removed
    too.
    """
    guid = f"{bcast_uuid(comm):032x}"
    directory = path or "."
    own_file = os.path.join(directory, f"rank.{guid}.{comm.rank}")
    problem = None
    ranks = []
    now = 0.0
    try:
        try:
            os.makedirs(directory, exist_ok=True)
            file = os.open(own_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            now = os.fstat(file).st_mtime
            os.close(file)
        except OSError as error:
            problem = f"cannot make files in '{path}', by which processes find each other: {error.strerror}"
        _agree(comm, problem)
        try:
            matches = [match for match in map(_RANK_FILE.fullmatch, os.listdir(directory)) if match and match[1] == guid]
            ranks = sorted(int(match[2]) for match in matches)
            if comm.rank not in ranks:
                problem = f"a file that was made in '{path}' is not listed there"
            elif comm.rank == ranks[0]:
                _remove_leftovers(directory, guid, now)
        except OSError as error:
            problem = f"cannot list '{path}': {error.strerror}"
        _agree(comm, problem)
    finally:
        with contextlib.suppress(OSError):  # must not hide an earlier error
            os.unlink(own_file)
    return ranks


def gather_global_partitions(comm: Comm, partition: int) -> list[int]:
    """Gather an ordered list of unique partition values within comm."""
    return sorted(set(comm.allgather(int(partition))))


def create_subcomm(comm: Comm, ranks: Sequence[int]) -> Comm:
    """Create a communicator for a set of ranks. On the others the result is MPI.COMM_NULL."""
    problem = None
    for rank in ranks:
        if not 0 <= rank < comm.size:
            problem = f"there is no rank {rank} of which to make a communicator: they are 0 to {comm.size - 1}"
        elif list(ranks).count(rank) > 1:
            problem = f"rank {rank} cannot be in a communicator twice: name it once"
    _agree(comm, problem)
    group = comm.Get_group()
    subgroup = group.Incl(list(ranks))
    try:
        return comm.Create(subgroup)
    finally:
        subgroup.Free()
        group.Free()


def create_node_comm(comm: Comm, comm_dir: str) -> tuple[Comm, int]:
    """Create comms for communicating within a node: among the processes that share the physical directory comm_dir.

    Returns this communicator and its root, as rank of comm.
    """
    node_ranks = discover_path_access_ranks(comm, comm_dir)
    node_root = min(node_ranks)
    return comm.Split(node_root, node_ranks.index(comm.rank)), node_root


def create_node_roots_comm(comm: Comm, node_root: int) -> Comm:
    """Build comm for communicating among the node roots."""
    return create_subcomm(comm, gather_global_partitions(comm, node_root))


def create_comms_and_role_root(comm: Comm, node_comm: Comm, node_root: int) -> CommsAndRole:
    """Approach: global root builds and sends binary to node roots, everyone waits on their node group."""
    copy_comm = create_node_roots_comm(comm, node_root)
    if comm.rank == 0:
        return copy_comm, node_comm, "builder"
    return copy_comm, node_comm, "receiver" if node_comm.rank == 0 else "waiter"


def create_comms_and_role_node(comm: Comm, node_comm: Comm, node_root: int) -> CommsAndRole:
    """Approach: each node root builds, everyone waits on their node group."""
    return None, node_comm, "builder" if node_comm.rank == 0 else "waiter"


def create_comms_and_role_process(comm: Comm, node_comm: Comm, node_root: int) -> CommsAndRole:
    """Approach: each process builds its own module, no communication.

    To ensure no race conditions in this case independently of cache dir setup, InvalidArgument is raised (on all processes) if some
    share their cache directory.
    """
    largest = max(comm.allgather(node_comm.size))
    if largest > 1:
        raise InvalidArgument(f"every process was asked to build for itself (buildon='process'), but {largest} processes share a "
                              "cache directory: give each process a directory of its own, or use buildon='node'")
    return None, None, "builder"


def create_comms_and_role(comm: Comm | None, comm_dir: str, buildon: str) -> CommsAndRole:
    """Determine which role each process should take, and create the right copy_comm and wait_comm for the build strategy.

    buildon must be one of "root", "node", or "process". Without comm the role is "builder".

    Returns (copy_comm, wait_comm, role); the caller frees the communicators.
    """
    strategies = {
        "root": create_comms_and_role_root,
        "node": create_comms_and_role_node,
        "process": create_comms_and_role_process,
    }
    # All processes compare their values, because one that raises alone would leave the others waiting.
    are_equal = comm is None or len(set(comm.allgather(buildon))) == 1
    if buildon not in strategies:
        raise InvalidArgument(f"buildon must be 'root', 'node' or 'process', not {buildon!r}")
    if not are_equal:
        raise InvalidArgument("buildon must be the same on all ranks of a communicator")
    if comm is None:
        return None, None, "builder"
    node_comm, node_root = create_node_comm(comm, comm_dir)
    is_used = False
    try:
        comms_and_role = strategies[buildon](comm, node_comm, node_root)
        is_used = comms_and_role[1] is node_comm
        return comms_and_role
    finally:
        if not is_used:
            node_comm.Free()


def _bcast_chunks(comm: Comm, data: NDArray[numpy.uint8]) -> None:
    for begin in range(0, data.size, _CHUNK):
        comm.Bcast(data[begin : begin + _CHUNK], root=0)


def _digest(data: Any) -> bytes:
    return hashlib.blake2b(memoryview(data), digest_size=_DIGEST_SIZE).digest()


def _header(data: Any) -> bytes:
    """The header of a binary: its length, its digest, and the digest of these two."""
    header = len(data).to_bytes(_LENGTH_SIZE, "little") + _digest(data)
    return header + _digest(header)


def _make_room(header: bytes) -> NDArray[numpy.uint8]:
    import numpy

    if _digest(header[:-_DIGEST_SIZE]) != header[-_DIGEST_SIZE:]:
        raise CommunicationError("the announcement of a binary from rank 0 was damaged on the way: its digest does not agree")
    length = int.from_bytes(header[:_LENGTH_SIZE], "little")
    try:
        return numpy.empty(length, dtype=numpy.uint8)
    except (MemoryError, ValueError):
        raise CommunicationError(f"there is no memory for a binary of {length} bytes from rank 0") from None


def _agree_on_roles(comm: Comm, problem: str | None) -> None:
    """Raise on all processes when one has the wrong role: InvalidArgument on that one."""
    try:
        _agree(comm, problem)
    except CommunicationError:
        if problem is not None:
            raise InvalidArgument(problem) from None
        raise


def send_binary(comm: Comm, lib_data: NDArray[numpy.uint8]) -> None:
    """Send compiled library as binary blob over MPI, from rank 0 to all others, which call receive_binary."""
    import numpy

    problem = None
    if comm.rank != 0:
        problem = f"rank {comm.rank} cannot send: only rank 0 of the communicator sends, the others receive"
    elif not (isinstance(lib_data, numpy.ndarray) and lib_data.dtype == numpy.uint8 and lib_data.ndim == 1):
        problem = f"what is sent must be a one-dimensional numpy array of uint8, not {type(lib_data).__name__}"
    _agree_on_roles(comm, problem)
    data = numpy.ascontiguousarray(lib_data)
    comm.Bcast(numpy.frombuffer(_header(data), dtype=numpy.uint8).copy(), root=0)
    _agree(comm, None)
    _bcast_chunks(comm, data)
    _agree(comm, None)


def receive_binary(comm: Comm) -> NDArray[numpy.uint8]:
    """Receive a library as a binary blob from rank 0, which calls send_binary.

    Raises CommunicationError, on all processes, when one of them got it damaged. Does not store it in the cache:
    write_library_binary or jit does.
    """
    import numpy

    _agree_on_roles(comm, "rank 0 cannot receive: it is the one that sends" if comm.rank == 0 else None)
    header = numpy.empty(_LENGTH_SIZE + 2 * _DIGEST_SIZE, dtype=numpy.uint8)
    comm.Bcast(header, root=0)
    problem = None
    data = numpy.empty(0, dtype=numpy.uint8)
    try:
        data = _make_room(header.tobytes())
    except CommunicationError as error:
        problem = str(error)
    _agree(comm, problem)
    _bcast_chunks(comm, data)
    if _header(data) != header.tobytes():
        problem = f"a binary of {data.size} bytes from rank 0 was damaged on the way: its digest does not agree"
    _agree(comm, problem)
    return data
