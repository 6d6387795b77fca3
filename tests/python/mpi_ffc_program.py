"""Run by mpi_test.py under mpirun: real forms of FFC, as docs/mpi.md tells it. Arguments: a directory that all share."""
import ctypes
import os
import pathlib
import sys

from mpi4py import MPI

comm = MPI.COMM_WORLD
shared = pathlib.Path(sys.argv[1])
nodes = min(comm.size, 2)
node_dir = shared / f"node{comm.rank % 2}"
os.environ["DIJITSO_CACHE_DIR"] = str(node_dir)
sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "programs"))

import dijitso
import ffc
import ranks
import ufl
from collective import jit_on_ranks
from dijitso.errors import GenerateFailed
from ffc.backends.ufc import get_include_path
from ufl import div, dx, grad, inner

ffc.log.set_level(30)
PROBE = """#include <ufc.h>
#include <memory>
extern "C" void tabulate(ufc::form* form, double* values, const double* corners) {
  std::unique_ptr<ufc::cell_integral> integral(form->create_default_cell_integral());
  integral->tabulate_tensor(values, nullptr, corners, 1);
}
"""


def compiles_of(call):
    """What `call` returns, and how many modules each rank compiled for it."""
    before = dijitso._dijitso.counters()["compiles"]
    result = call()
    return result, comm.allgather(dijitso._dijitso.counters()["compiles"] - before)


def modules():
    return sorted(path.name for path in (node_dir / "obj").glob("*.o"))


def tabulated(form, size):
    """The element tensor on the reference triangle."""
    params = {"build": {"include_dirs": (get_include_path(),)}}
    tabulate = dijitso.mpi.jit(comm, None, "probe", params, lambda *args: ("", PROBE, ()))[0].tabulate
    tabulate.argtypes = [ctypes.c_void_p] * 3
    values, corners = (ctypes.c_double * size ** 2)(), (ctypes.c_double * 6)(0, 0, 1, 0, 0, 1)
    tabulate(form, values, corners)
    return list(values)


def forms():
    linear = ufl.FiniteElement("Lagrange", ufl.triangle, 1)
    u, v = ufl.TrialFunction(linear), ufl.TestFunction(linear)
    yield "poisson", inner(grad(u), grad(v)) * dx, 3
    vector = ufl.VectorElement("Lagrange", ufl.triangle, 2)
    u, v = ufl.TrialFunction(vector), ufl.TestFunction(vector)
    yield "elasticity", inner(ufl.sym(grad(u)), ufl.sym(grad(v))) * dx, 12
    mixed = ufl.MixedElement(vector, linear)
    (u, p), (v, q) = ufl.TrialFunctions(mixed), ufl.TestFunctions(mixed)
    yield "stokes", (inner(grad(u), grad(v)) - div(v) * p + q * div(u)) * dx, 15


def test_forms():
    """One rank runs FFC and compiles, with all that a form needs; the numbers are the same on all."""
    known = []
    for name, form, size in forms():
        (compiled, module, signature), compiles = compiles_of(lambda: jit_on_ranks(comm, form))
        comm.Barrier()
        now = modules()
        assert comm.allgather(now) == [now] * comm.size
        assert compiles == [len(now) - len(known)] + [0] * (comm.size - 1) and len(now) > len(known), (name, compiles)
        values = tabulated(compiled, size)
        assert comm.allgather(values) == [values] * comm.size and any(values), name
        assert comm.allgather(signature) == [signature] * comm.size
        # Again, and FFC itself: nothing is compiled.
        (_, again, _), compiles = compiles_of(lambda: jit_on_ranks(comm, form))
        assert again is module and not any(compiles)
        if name == "poisson":
            assert all(abs(a - b) < 1e-14 for a, b in zip(values, [1, -0.5, -0.5, -0.5, 0.5, 0, -0.5, 0, 0.5])), values
        comm.Barrier()
        known = modules()


def test_elements_of_forms_are_there():
    for _, form, _ in forms():
        for element in ufl.algorithms.analysis.extract_sub_elements(ufl.algorithms.analysis.extract_elements(form)):
            (element, dofmap), compiles = compiles_of(lambda: ffc.jit(element))
            assert element and dofmap and not any(compiles)


def test_a_form_that_ffc_refuses():
    _, form, _ = next(forms())
    wrong = inner(*form.arguments()) * dx(metadata={"quadrature_rule": "nonsense", "representation": "uflacs"})
    try:
        jit_on_ranks(comm, wrong)
    except GenerateFailed as error:
        assert comm.allgather(str(error)) == [str(error)] * comm.size
        assert "nonsense" in str(error), error
        assert (error.__cause__ is not None) == (comm.rank == 0)
    else:
        raise AssertionError("FFC took it")
    assert jit_on_ranks(comm, form)[0]


ranks.run(globals())
