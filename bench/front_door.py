"""The Python front door: what a call costs, and the way from a text to the first results.

Calls: nanoseconds a call by the prototype, with ctypes and argtypes, with CFFI's API mode and with pybind11, in one process by turns. First results:
seconds in a new process, from the import of the package to the results of 1, 10 and 100 functions; ours with precompiled headers and with nothing
cached, CFFI with gcc, numba with its cache; then the same in a second process.
"""
import json
import os
import subprocess
import sys
import timeit

import common

SOURCE = """
extern "C" {
double f(double x) { return x; }
int g(int a, int b, double c) { return a + b; }
double first(const double* x, int n) { return *x; }
}
"""
PYBIND11 = """
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
PYBIND11_MODULE(front_door_peer, m) {
  m.def("f", [](double x) { return x; });
  m.def("g", [](int a, int b, double) { return a + b; });
  m.def("first", [](const pybind11::array_t<double, pybind11::array::c_style>& x, int) { return *x.data(); });
}
"""
DECLARATIONS = "double f(double x); int g(int a, int b, double c); double first(const double* x, int n);"
CASES = {"a double": ("f", (1.0,)), "two ints and a double": ("g", (1, 2, 3.0)), "an array and an int": ("first", None)}


def with_ctypes(lib):
    import ctypes
    import numpy

    array = numpy.ctypeslib.ndpointer(dtype=numpy.float64, flags="C_CONTIGUOUS")
    functions = {}
    for name, result, types in (("f", ctypes.c_double, [ctypes.c_double]), ("g", ctypes.c_int, [ctypes.c_int, ctypes.c_int, ctypes.c_double]),
                                ("first", ctypes.c_double, [array, ctypes.c_int])):
        functions[name] = ctypes.CFUNCTYPE(result)(lib[name].address)  # made anew: its argtypes are set here
        functions[name].restype, functions[name].argtypes = result, types
    return functions


def with_cffi():
    """CFFI's functions; an array is passed as programs do it, by its buffer."""
    import cffi
    import importlib

    ffi = cffi.FFI()
    ffi.cdef(DECLARATIONS)
    ffi.set_source("front_door_cffi", SOURCE.replace('extern "C" {', "").rpartition("}")[0])
    ffi.compile()
    sys.path.insert(0, "")
    module = importlib.import_module("front_door_cffi")
    kind, get = module.ffi.typeof("double[]"), module.ffi.from_buffer
    return {"f": module.lib.f, "g": module.lib.g, "first": lambda x, n: module.lib.first(get(kind, x), n)}


def measure_calls(quick):
    """In a process with the package: the figures, as JSON."""
    import dijitso
    import numpy

    dijitso.install("cffi")
    lib, peer = dijitso.compile(SOURCE), dijitso.extension(PYBIND11)
    sides = {"ours": lib, "ctypes": with_ctypes(lib), "cffi": with_cffi(), "pybind11": vars(peer)}
    calls, figures = 20_000 if quick else 200_000, {}
    for what, (name, arguments) in CASES.items():
        arguments = arguments or (numpy.ones(5), 5)
        assert len({side[name](*arguments) for side in sides.values()}) == 1
        times = {side: [] for side in sides}
        for turn in range(3 if quick else 9):
            for side in common.turns(list(sides), turn):
                work = {"f": sides[side][name], "a": arguments}
                times[side].append(min(timeit.repeat("f(*a)", globals=work, number=calls, repeat=3)) / calls * 1e9)
        figures[what] = {side: common.median(found) for side, found in times.items()}
    common.emit(figures)


def texts(count):
    return "\n".join(f"double f{i}(double x) {{ double s = {i}; for (int k = 0; k < 3; ++k) s = s * x + k; return s; }}" for i in range(count))


# Each is a program: its argument is the number of functions; it prints seconds, and the sum of all results.
OURS = """
import dijitso
lib = dijitso.compile(text)
total = sum(lib[f"f{i}"](1.5) for i in range(count))
"""
CFFI = """
import cffi, importlib, re, sys
ffi = cffi.FFI()
ffi.cdef(re.sub("{.*", ";", text))
ffi.set_source("first_results", text)
ffi.compile()
sys.path.insert(0, "")
lib = importlib.import_module("first_results").lib
total = sum(getattr(lib, f"f{i}")(1.5) for i in range(count))
"""
NUMBA = """
import numba
total = 0.0
{definitions}
"""
NUMBA_FUNCTION = """
@numba.njit("float64(float64)", cache=True)
def f{i}(x):
    s = {i}.0
    for k in range(3):
        s = s * x + k
    return s
total += f{i}(1.5)
"""
TIMED = """
import time
start = time.perf_counter()
text, count = {text!r}, {count}
{body}
import json
print(json.dumps({{"seconds": time.perf_counter() - start, "total": total}}))
"""


def program(side, count, folder):
    definitions = "".join(NUMBA_FUNCTION.format(i=i) for i in range(count))
    body = {"cffi": CFFI, "numba": NUMBA.format(definitions=definitions)}.get(side, OURS)
    path = folder / "program.py"
    path.write_text(TIMED.format(text=texts(count), count=count, body=body))
    return path


def first_results(chosen, root, sides, count, turn):
    """Seconds of the first and the second process of each side."""
    found, totals = {}, set()
    for side in common.turns(sides, turn):
        folder = root / f"{side}-{count}-{turn}"
        folder.mkdir()
        ours = side.startswith("ours")
        env = common.environment(folder / "cache", chosen.package if ours else None)
        env["NUMBA_CACHE_DIR"] = str(folder / "numba")
        path = program(side, count, folder)
        found[side] = []
        for _ in range(2):
            done = subprocess.run([common.PYTHON, "-B", str(path)], env=env, cwd=folder, check=True, text=True, stdout=subprocess.PIPE)
            answer = json.loads(done.stdout)
            found[side].append(answer["seconds"])
            totals.add(round(answer["total"], 6))
    assert len(totals) == 1, totals
    return found


def measure_first(chosen, root):
    sides = ["ours", "cffi", "numba"]
    if subprocess.run([common.PYTHON, "-c", "import numba"], capture_output=True).returncode != 0:
        sides.remove("numba")
    rows = []
    for count in (1,) if chosen.smallest else (1, 10, 100):
        rounds = [first_results(chosen, root, sides, count, turn) for turn in range(1 if chosen.quick else 5)]
        rows.append({"functions": count, **{what: {side: common.median([one[side][i] for one in rounds]) for side in sides}
                                            for i, what in enumerate(("first", "second"))}})
        common.say("  %d functions" % count)
    return rows


def main():
    chosen = common.arguments(__doc__)
    with common.Folder() as root:
        env = {**common.environment(root / "calls", chosen.package), "PATH": os.environ["PATH"]}
        done = subprocess.run([common.PYTHON, "-B", __file__, "measure", "quick" if chosen.quick else "whole"], check=True, cwd=root, text=True,
                              stdout=subprocess.PIPE, env=env)
        common.emit({"nanoseconds": json.loads(done.stdout.splitlines()[-1]), "first_results": measure_first(chosen, root)})


if __name__ == "__main__":
    measure_calls(sys.argv[2] == "quick") if sys.argv[1:2] == ["measure"] else main()
