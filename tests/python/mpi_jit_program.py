"""Run by mpi_test.py under mpirun: dijitso.mpi.jit. Arguments: a directory that all share. Two directories in it stand for two nodes."""
import argparse
import ctypes
import os
import pathlib
import sys
import sysconfig
import threading
import traceback
import types

import dijitso
import ranks
from dijitso import mpi
from dijitso.errors import CacheError, CompileFailed, GenerateFailed, InvalidArgument
from mpi4py import MPI
from package import ANSWER, gives, never

comm = MPI.COMM_WORLD
shared = pathlib.Path(sys.argv[1])
node_dir = shared / f"node{comm.rank % 2}"
nodes = min(comm.size, 2)
own_dir = shared / f"own{comm.rank}"
last = comm.size - 1


def in_directory(directory, **cache):
    return dijitso.validate_params({"cache": {"cache_dir": str(directory / "cache"), "fail_dir_root": str(directory), **cache}})


params = in_directory(node_dir)


def function(name, body):
    return gives(f'extern "C" int {name}() {{ return {body}; }}')


def only_on(rank, generate):
    return generate if comm.rank == rank else None


def count(call, counter="compiles"):
    """What `call` returns, and by how much it raised a counter, all ranks together."""
    before = dijitso._dijitso.counters()[counter]
    result = call()
    return result, comm.allreduce(dijitso._dijitso.counters()[counter] - before)


def raised(kind, call):
    """The error, of which all ranks must have the same class and text."""
    try:
        call()
    except dijitso.DijitsoError as error:
        assert type(error) is kind, error
        assert comm.allgather(str(error)) == [str(error)] * comm.size, error
        return error
    raise AssertionError(f"rank {comm.rank}: no {kind.__name__}")


def entries(directory):
    return len(list((directory / "cache/obj").glob("*.o")))


def test_one_builds_for_all():
    (lib, signature), compiles = count(lambda: mpi.jit(comm, None, "m", params, function("answer", 42)))
    assert (lib.answer(), signature, compiles) == (42, "m", 1)
    assert isinstance(lib, dijitso.library.Library)
    comm.Barrier()
    assert entries(node_dir) == 1  # it came to the other node's disk
    # From memory: the same object, as from the function that is not collective.
    (again, _), compiles = count(lambda: mpi.jit(comm, None, "m", params, never))
    assert again is lib and compiles == 0
    assert dijitso.jit(None, "m", params)[0] is lib


def test_where_it_is_built():
    for build_on, builds, directory in (("auto", 1, node_dir), ("root", 1, node_dir), ("node", nodes, node_dir),
                                        ("process", comm.size, own_dir)):
        name = "on_" + build_on
        (lib, _), compiles = count(
            lambda: mpi.jit(comm, None, name, in_directory(directory), function(name, 7), build_on=build_on))
        assert (lib[name](), compiles) == (7, builds), build_on
    if comm.size > 2:
        error = raised(InvalidArgument, lambda: mpi.jit(comm, None, "p", params, never, build_on="process"))
        assert "2 ranks share a cache directory" in str(error)


def test_generate_on_one_rank_alone():
    jitable = object()

    def generate(given, name, signature, generator):
        assert given is jitable and generator is own["generator"] and name == signature == "last"
        return "", 'extern "C" int last() { return 3; }', ()

    own = {**params, "generator": {"depth": 3}}
    (lib, _), compiles = count(lambda: mpi.jit(comm, jitable, "last", own, only_on(last, generate)))
    assert (lib.last(), compiles) == (3, 1)
    error = raised(InvalidArgument, lambda: mpi.jit(comm, None, "nowhere", params))
    assert str(error).startswith(f"rank 0 of {comm.size}: module 'nowhere' is on no rank and in no cache")


def test_who_has_it_gives_it():
    if comm.rank == last:
        dijitso.jit(None, "known", in_directory(own_dir), function("known", 5))
    (lib, _), compiles = count(lambda: mpi.jit(comm, None, "known", in_directory(own_dir), never))
    assert (lib.known(), compiles) == (5, 0)
    assert entries(own_dir) >= 1


def test_several_modules():
    """Shared out among all ranks; each may need those before it."""
    names = [f"many{number}" for number in range(8)]

    def generate(jitable, name, signature, generator):
        base = f"many{jitable - 1}"
        use = f' + {base}()' if jitable else ""
        include = f'#include "{base}.h"\n' if jitable else ""
        return f"int {name}();\n", f'{include}int {name}() {{ return 1{use}; }}\nextern "C" int f{jitable}() {{ return {name}(); }}', \
            (base,) if jitable else ()

    requests = ((number, name, params, generate) for number, name in enumerate(names))
    before = dijitso._dijitso.counters()["compiles"]
    made, compiles = count(lambda: mpi.jit_many(comm, requests))
    assert [signature for _, signature in made] == names and compiles == 8
    assert [lib[f"f{number}"]() for number, (lib, _) in enumerate(made)] == list(range(1, 9))
    here = dijitso._dijitso.counters()["compiles"] - before
    assert comm.allreduce(int(here > 0)) == min(comm.size, os.cpu_count() or 1)  # nobody was idle who has a core
    again, compiles = count(lambda: mpi.jit_many(comm, [(None, name, params, None) for name in names], build_on="root"))
    assert compiles == 0 and all(lib is known for (lib, _), (known, _) in zip(again, made))
    assert mpi.jit_many(comm, []) == []


def test_the_first_failure_of_several():
    def failing(*args):
        raise ZeroDivisionError("mine")

    requests = [(None, "several0", params, function("several", 0)), (None, "several1", params, failing),
                (None, "several2", params, gives("wrong")), (None, "several3", params, function("several", 3))]
    error = raised(GenerateFailed, lambda: mpi.jit_many(comm, requests))
    assert "ZeroDivisionError: mine" in str(error)
    assert comm.allreduce(isinstance(error.__cause__, ZeroDivisionError)) == 1
    assert mpi.jit(comm, None, "several0", params, never)[0].several() == 0
    for wrong in (3, [3], [(None, "m", params)]):
        try:
            mpi.jit_many(comm, wrong)
        except (TypeError, ValueError):
            continue
        raise AssertionError(wrong)


def test_an_archive():
    archive = shared / "archive"
    if comm.rank == 0:
        made = in_directory(shared / "made")
        base = dijitso.jit(None, "archived_base", made, gives("int base() { return 5; }", header="int base();\n"))[1]
        source = '#include "archived_base.h"\nextern "C" int archived() { return base(); }'
        dijitso.jit(None, "archived", made, gives(source, dependencies=(base,)))
        parser = argparse.ArgumentParser()
        dijitso.cmdline.args_export(parser)
        assert dijitso.cmdline.cmd_export(parser.parse_args(["--all", "-o", str(archive)]), made) == 0
    comm.Barrier()
    fresh = in_directory(shared / f"imported{comm.rank % 2}")
    here = str(archive) if comm.rank == 0 else "elsewhere"
    assert mpi.import_modules(comm, here, fresh["cache"]) == (2 * nodes, 0)
    result = mpi.import_modules(comm, here, fresh["cache"])
    assert (result.imported, result.present) == (0, 2 * nodes)
    (lib, _), compiles = count(lambda: mpi.jit(comm, None, "archived", fresh, never))
    assert (lib.archived(), compiles) == (5, 0)
    if comm.rank == 0:
        archive.write_bytes(archive.read_bytes()[:-9])
    raised(CacheError, lambda: mpi.import_modules(comm, here, fresh["cache"]))


def test_without_a_disk():
    (lib, _), compiles = count(lambda: mpi.jit(comm, None, "diskless", in_directory(shared / "never", use_disk=False),
                                               function("diskless", 8), compression="always"))
    assert (lib.diskless(), compiles, (shared / "never").exists()) == (8, 1, False)


def test_generate_asks_for_others():
    def generate(*args):
        _, base = dijitso.jit(None, "base", params, gives('#include "base.h"\nint base() { return 20; }', header="int base();\n"))
        return "", f'#include "{base}.h"\nextern "C" int twice() {{ return 2 * base(); }}', (base,)

    (lib, _), compiles = count(lambda: mpi.jit(comm, None, "twice", params, generate))
    assert (lib.twice(), compiles) == (40, 2)
    # All have the dependency too.
    (_, signature), compiles = count(lambda: dijitso.jit(None, "base", params))
    assert (signature, compiles) == ("base", 0)

    def wrong(*args):
        return mpi.jit(comm, None, "inner", params, never)

    error = raised(GenerateFailed, lambda: mpi.jit(comm, None, "outer", params, wrong))
    assert "call dijitso::jit there" in str(error)
    assert isinstance(error.__cause__, InvalidArgument) == (comm.rank == 0)


def test_exceptions_of_generate():
    class Own(Exception):
        pass

    for kind in (Own, ZeroDivisionError, KeyboardInterrupt):
        mine = kind("no integral ∫")

        def generate(*args):
            raise mine

        error = raised(GenerateFailed, lambda: mpi.jit(comm, None, "failing", params, generate))
        assert str(error).startswith(f"rank 0 of {comm.size}: ") and "no integral ∫" in str(error), error
        if comm.rank == 0:
            assert error.__cause__ is mine
            frames = [frame.name for frame in traceback.extract_tb(mine.__traceback__)]
            assert frames == ["generate"], frames
        else:
            assert error.__cause__ is None
    error = raised(GenerateFailed, lambda: mpi.jit(comm, None, "failing", params, lambda *args: None))
    assert "must return a tuple" in str(error)
    # The communicator and the name can be used again.
    assert mpi.jit(comm, None, "failing", params, function("f", 1))[0].f() == 1


def test_code_that_does_not_compile():
    error = raised(CompileFailed, lambda: mpi.jit(comm, None, "wrong", params, gives("int f() { return missing; }")))
    assert [d.line for d in error.diagnostics] == [1] and "missing" in str(error)
    assert comm.allgather(error.diagnostics) == [error.diagnostics] * comm.size
    assert pathlib.Path(error.err_info["fail_dir"]).is_dir()


def test_dependencies_that_do_not_compile():
    """They are compiled while generate goes on, or (jobs = 1) where it asks for them, and then it is generate that fails."""
    for jobs, kind in ((4, CompileFailed), (1, GenerateFailed)):
        given = {**params, "build": {**params["build"], "jobs": jobs}}

        def generate(*args):
            return "", "", (dijitso.jit(None, f"wrong{jobs}", given, gives("int f() { return missing; }"))[1],)

        error = raised(kind, lambda: mpi.jit(comm, None, f"needs_wrong{jobs}", given, generate))
        assert f"module 'wrong{jobs}' does not compile" in str(error) and "missing" in str(error)
        assert isinstance(error.__cause__, CompileFailed) == (jobs == 1 and comm.rank == 0)


def test_a_rank_whose_cache_fails():
    directory = shared / "file" if comm.rank == last else own_dir
    if comm.rank == last:
        directory.write_text("")
    (lib, _), compiles = count(lambda: mpi.jit(comm, None, "unlucky", in_directory(directory), function("unlucky", 6)))
    assert (lib.unlucky(), compiles) == (6, 1)


def test_communicators():
    alone = in_directory(own_dir)
    (lib, _), compiles = count(lambda: mpi.jit(MPI.COMM_SELF, None, "alone", alone, function("alone", 1)))
    assert (lib.alone(), compiles) == (1, comm.size)
    half = comm.Split(comm.rank % 2)
    (lib, _), compiles = count(lambda: mpi.jit(half, None, "half", params, function("half", comm.rank % 2)))
    assert (lib.half(), compiles) == (comm.rank % 2, nodes)
    half.Free()
    for given in (half, MPI.COMM_NULL):
        raised(InvalidArgument, lambda: mpi.jit(given, None, "m", params, never))
    for given in (None, 3, "world", MPI.INT):
        error = raised(InvalidArgument, lambda: mpi.jit(given, None, "m", params, never))
        assert str(error).startswith("comm must be a communicator of mpi4py") and error.__cause__ is None


def test_wrong_requests():
    error = raised(InvalidArgument, lambda: mpi.jit(comm, None, "m", params, never, build_on="cluster"))
    assert "strategy.build_on is 'cluster'; it can be 'auto', 'node', 'process', 'root'" in str(error)
    raised(InvalidArgument, lambda: mpi.jit(comm, None, "m", params, never, isa="sse"))
    raised(InvalidArgument, lambda: mpi.jit(comm, None, "m", params, never, compression="zip"))
    raised(InvalidArgument, lambda: mpi.jit(comm, None, "../m", params, never))
    raised(InvalidArgument, lambda: mpi.jit(comm, None, 7, params, never))
    raised(InvalidArgument, lambda: mpi.jit(comm, None, "m", {"build": {"colour": "red"}}, never))
    # On one rank only: the others wait for it, and are told.
    last = comm.size - 1
    given = {"build": {"colour": "red"}} if comm.rank == last else params
    error = raised(InvalidArgument, lambda: mpi.jit(comm, None, "m", given, gives(ANSWER)))
    assert str(error).startswith(f"rank {last} of {comm.size}: ") and "colour" in str(error)
    error = raised(InvalidArgument, lambda: mpi.jit_many(comm, [(None, "m", given, gives(ANSWER))]))
    assert str(error).startswith(f"rank {last} of {comm.size}: ") and "colour" in str(error)
    raised(InvalidArgument, lambda: mpi.jit(comm, None, 7 if comm.rank == last else "m", params, gives(ANSWER)))
    if comm.size > 1:
        error = raised(InvalidArgument, lambda: mpi.jit(comm, None, f"other{comm.rank}", params, never))
        error = raised(InvalidArgument, lambda: mpi.jit(comm, None, "m", params, never, compression="never" if comm.rank else "auto"))
        assert "all ranks must give the same strategy" in str(error)


def test_loaders():
    extension = '#include <pybind11/pybind11.h>\nPYBIND11_MODULE(imported, m) { m.def("answer", [] { return 42; }); }'
    for loader, name, source, kind in (("ctypes", "opened", ANSWER, ctypes.CDLL), ("import", "imported", extension, types.ModuleType)):
        given = in_directory(node_dir, lib_loader=loader)
        given["build"]["include_dirs"] = (sysconfig.get_path("include"),)
        (lib, _), compiles = count(lambda: mpi.jit(comm, None, name, given, gives(source)))
        assert (type(lib), lib.answer(), compiles) == (kind, 42, 1), loader


def test_other_threads_run():
    """Also while ranks wait for one that generates: it waits for a thread on each rank."""
    talk = comm.Dup()
    timer = threading.Timer(0.2, lambda: talk.send("runs", dest=0))
    timer.start()

    def generate(*args):
        for rank in range(comm.size):
            assert talk.recv(source=rank) == "runs"
        return "", ANSWER, ()

    assert mpi.jit(comm, None, "threads", params, generate)[0].answer() == 42
    timer.join()
    talk.Free()


def test_traffic():
    before = mpi.traffic()
    mpi.jit(comm, None, "travels", params, function("travels", 1))
    after = mpi.traffic()
    sent = comm.allreduce(after["bytes_sent"] - before["bytes_sent"])
    received = comm.allreduce(after["bytes_received"] - before["bytes_received"])
    assert received == sent * (comm.size - 1) and (sent > 0) == (comm.size > 1)
    mpi.jit(comm, None, "travels", params, never)
    assert mpi.traffic() == {**after, "agreements": after["agreements"] + 1}


ranks.run(globals())
