"""Run by mpi_test.py under mpirun: every function of dijitso.mpi with real communicators. Arguments: a directory that all share."""
import os
import pathlib
import sys

import dijitso
import numpy
import ranks
from dijitso import mpi
from dijitso.errors import CommunicationError, CompileFailed, GenerateFailed, InvalidArgument
from mpi4py import MPI

comm = MPI.COMM_WORLD
shared = pathlib.Path(sys.argv[1])
# Two nodes: of the even ranks and of the odd ones.
node_dir = shared / f"node{comm.rank % 2}"
nodes = min(comm.size, 2)


def raises(kind, call, text):
    try:
        call()
    except kind as error:
        assert text in str(error), error
    else:
        raise AssertionError(f"rank {comm.rank}: no {kind.__name__}")


def test_uuid():
    ids = [mpi.bcast_uuid(comm) for _ in range(3)]
    assert len(set(ids)) == 3
    assert comm.allgather(ids) == [ids] * comm.size


def test_path_discovery():
    for _ in range(20):
        assert mpi.discover_path_access_ranks(comm, str(node_dir)) == list(range(comm.rank % 2, comm.size, 2))
    assert mpi.discover_path_access_ranks(comm, str(shared / f"own{comm.rank}")) == [comm.rank]
    assert mpi.discover_path_access_ranks(comm, str(shared / "[all]*")) == list(range(comm.size))
    # One rank cannot: all hear of it, and nothing is left.
    last = comm.size - 1
    place = shared / "file" if comm.rank == last else shared / "place"
    if comm.rank == last:
        place.write_text("")
    raises(CommunicationError, lambda: mpi.discover_path_access_ranks(comm, str(place)), f"rank {last} of {comm.size}: cannot make")
    comm.Barrier()
    for directory in (node_dir, shared / "[all]*", shared / "place"):
        assert not directory.exists() or not list(directory.iterdir()), directory


def test_leftovers_of_crashed_programs():
    place = shared / "leftovers"
    id = "a" * 32
    old = [f"rank.{id}.{number}" for number in (0, 1, 1000000)]
    young = f"rank.{id}.2"
    link = f"rank.{id}.3"
    directory = f"rank.{id}.4"
    others = [f"rank.{id}.-1", f"rank.{id}.", f"rank.{id}.0x", f"rank.{id}a.0", f"rank.{id[1:]}.0", f"rank.{'G' * 32}.0", f"xrank.{id}.0"]
    if comm.rank == 0:
        (place / directory).mkdir(parents=True)
        (place / link).symlink_to("target")
        for name in [*old, young, *others, "target"]:
            (place / name).write_text("")
        now = (place / young).stat().st_mtime
        for name in place.iterdir():
            age = 3500 if name.name == young else 3700
            os.utime(name, (now - age, now - age), follow_symlinks=False)
    comm.Barrier()
    assert mpi.discover_path_access_ranks(comm, str(place)) == list(range(comm.size))
    comm.Barrier()
    assert {file.name for file in place.iterdir()} == {young, link, directory, "target", *others}


def test_communicators():
    assert mpi.gather_global_partitions(comm, comm.rank % 2) == list(range(nodes))
    node_comm, node_root = mpi.create_node_comm(comm, str(node_dir))
    assert node_root == comm.rank % 2
    assert node_comm.allgather(comm.rank) == list(range(node_root, comm.size, 2))
    roots = mpi.create_node_roots_comm(comm, node_root)
    assert (roots == MPI.COMM_NULL) == (comm.rank >= nodes)
    if roots != MPI.COMM_NULL:
        assert roots.allgather(comm.rank) == list(range(nodes))
        roots.Free()
    node_comm.Free()
    sub = mpi.create_subcomm(comm, [comm.size - 1])
    assert (sub == MPI.COMM_NULL) == (comm.rank != comm.size - 1)
    last = comm.size - 1
    for wrong, text in (([comm.size], "there is no rank"), ([-1], "there is no rank -1"), ([0, 0], "rank 0 cannot be")):
        ranks = wrong if comm.rank == last else [0]
        raises(CommunicationError, lambda: mpi.create_subcomm(comm, ranks), f"rank {last} of {comm.size}: {text}")


def test_roles():
    copy, wait, role = mpi.create_comms_and_role(comm, str(node_dir), "root")
    assert role == ("builder" if comm.rank == 0 else "receiver" if comm.rank == 1 else "waiter")
    assert (copy == MPI.COMM_NULL) == (role == "waiter")
    copy, wait, role = mpi.create_comms_and_role(comm, str(node_dir), "node")
    assert (copy, role) == (None, "builder" if comm.rank < 2 else "waiter")
    assert wait.size == len(range(comm.rank % 2, comm.size, 2))
    own = shared / f"own{comm.rank}"
    assert mpi.create_comms_and_role(comm, str(own), "process") == (None, None, "builder")
    if comm.size > 2:  # on one node only, with three
        raises(InvalidArgument, lambda: mpi.create_comms_and_role(comm, str(node_dir), "process"), "2 processes share")
    raises(InvalidArgument, lambda: mpi.create_comms_and_role(comm, str(own), "cluster"), "'root', 'node' or 'process', not 'cluster'")
    if comm.size > 1:
        raises(InvalidArgument, lambda: mpi.create_comms_and_role(comm, str(own), "root" if comm.rank else "node"), "the same on all ranks")
        raises(InvalidArgument, lambda: mpi.create_comms_and_role(comm, str(own), "root" if comm.rank else "nod"),
               "the same on all ranks" if comm.rank else "not 'nod'")
    assert mpi.create_comms_and_role(None, "", "root") == (None, None, "builder")


def exchange(data):
    if comm.rank == 0:
        mpi.send_binary(comm, data)
        return data
    return mpi.receive_binary(comm)


def test_binaries():
    for size in (0, 1, 6, 7, 8, 1000003):
        data = numpy.arange(size, dtype=numpy.uint64).astype(numpy.uint8)
        for chunk in (1 << 30, 7):
            if size < 1000 or chunk > 7:
                mpi._CHUNK = chunk
                received = exchange(data)
                assert received.dtype == numpy.uint8 and (received == data).all(), size
    mpi._CHUNK = 1 << 30
    exchange(numpy.arange(20, dtype=numpy.uint8)[::2])
    if comm.size == 1:
        return
    # What cannot be sent is an error everywhere.
    for wrong in (numpy.zeros(3), None, numpy.zeros((2, 2), dtype=numpy.uint8)):
        raises(InvalidArgument if comm.rank == 0 else CommunicationError, lambda: exchange(wrong), "one-dimensional numpy array of uint8")
    # Damage on the way to one is an error everywhere: in the bytes, in the header, and in a length that nobody has room for.
    last = comm.size - 1
    real_chunks, real_header = mpi._bcast_chunks, mpi._header

    def damaging(comm, data):
        real_chunks(comm, data)
        if comm.rank == last:
            data[3] ^= 1
    mpi._bcast_chunks = damaging
    raises(CommunicationError, lambda: exchange(numpy.arange(9, dtype=numpy.uint8)), f"rank {last} of {comm.size}: a binary of 9 bytes")
    mpi._bcast_chunks = real_chunks
    nine = numpy.arange(9, dtype=numpy.uint8)
    whole = real_header(nine)
    huge = bytes(7) + b"\x7f" + mpi._digest(nine)
    for header, text in ((b"\1" + whole[1:], "the announcement of a binary"), (whole[:-1] + b"?", "the announcement of a binary"),
                         (huge + mpi._digest(huge), "there is no memory for a binary of 9151314442816847872 bytes")):
        mpi._header = lambda data, header=header: header
        raises(CommunicationError, lambda: exchange(nine), f"rank 1 of {comm.size}: {text}")
    mpi._header = real_header
    # Wrong roles.
    wrong_role = "rank 0 cannot receive" if comm.rank == 0 else f"rank {comm.rank} cannot send: only rank 0"
    raises(InvalidArgument, lambda: mpi.send_binary(comm, numpy.zeros(1, dtype=numpy.uint8)) if comm.rank else mpi.receive_binary(comm),
           wrong_role)
    raises(InvalidArgument if comm.rank == last else CommunicationError,
           lambda: mpi.send_binary(comm, numpy.zeros(1, dtype=numpy.uint8)) if comm.rank in (0, last) else mpi.receive_binary(comm),
           f"rank {last} cannot send")
    exchange(numpy.arange(9, dtype=numpy.uint8))


def jit_on(name, source, buildon="root"):
    """A module that is built as `buildon` says, with a cache directory for each node. As docs/python.md tells it."""
    copy, wait_comm, role = mpi.create_comms_and_role(comm, str(node_dir), buildon)
    callbacks = {"wait": wait_comm.Barrier}
    if role == "builder":
        def generate(*args):
            if source is None:
                raise ZeroDivisionError("mine")
            return "", source, ()
        callbacks["generate"] = generate
        if copy not in (None, MPI.COMM_NULL):
            callbacks["send"] = lambda data: mpi.send_binary(copy, data)
    elif role == "receiver":
        callbacks["receive"] = lambda: mpi.receive_binary(copy)
    return dijitso.jit(None, name, {"cache": {"cache_dir": str(node_dir / "cache"), "fail_dir_root": str(node_dir)}}, **callbacks)[0]


def test_jit():
    for buildon, builds in (("root", 1), ("node", nodes)):
        before = dijitso._dijitso.counters()["compiles"]
        assert jit_on("m_" + buildon, 'extern "C" int answer() { return 42; }', buildon).answer() == 42
        assert comm.allreduce(dijitso._dijitso.counters()["compiles"] - before) == builds
    # What fails on the builder fails everywhere.
    kinds = {0: CompileFailed, 1: CompileFailed}
    raises(kinds.get(comm.rank, GenerateFailed), lambda: jit_on("wrong", "int f() { return x; }"), "wrong")
    raises(ZeroDivisionError if comm.rank == 0 else GenerateFailed, lambda: jit_on("none", None), "mine" if comm.rank < 2 else "none")


ranks.run(globals())
