"""Calls of compiled functions from Python: nanoseconds a call by the prototype, and with ctypes and argtypes, in one process by turns."""
import ctypes
import os
import pathlib
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


def measure(quick):
    """In a process with the package: the figures, as JSON."""
    import dijitso
    import numpy

    lib = dijitso.compile(SOURCE)
    x = numpy.ones(5)
    arrays = numpy.ctypeslib.ndpointer(dtype=numpy.float64, flags="C_CONTIGUOUS")
    plain = {}
    for name, result, types in (("f", ctypes.c_double, [ctypes.c_double]), ("g", ctypes.c_int, [ctypes.c_int, ctypes.c_int, ctypes.c_double]),
                                ("first", ctypes.c_double, [arrays, ctypes.c_int])):
        plain[name] = ctypes.CFUNCTYPE(result)(lib[name].address)  # made anew: its argtypes are set here
        plain[name].restype, plain[name].argtypes = result, types
    cases = {"a double": ("f", (1.0,)), "two ints and a double": ("g", (1, 2, 3.0)), "an array and an int": ("first", (x, 5))}
    calls = 20_000 if quick else 200_000
    figures = {}
    for what, (name, arguments) in cases.items():
        sides = {"ours": lib[name], "ctypes": plain[name]}
        assert sides["ours"](*arguments) == sides["ctypes"](*arguments)
        times = {side: [] for side in sides}
        for turn in range(3 if quick else 9):
            for side in common.turns(list(sides), turn):
                times[side].append(min(timeit.repeat("f(*a)", globals={"f": sides[side], "a": arguments}, number=calls, repeat=3)) / calls * 1e9)
        ratios = [ours / other for ours, other in zip(times["ours"], times["ctypes"])]
        figures[what] = {**{side: common.median(all_times) for side, all_times in times.items()}, "ratio": common.median(ratios)}
    common.emit({"nanoseconds": figures})


def main():
    chosen = common.arguments(__doc__)
    with common.Folder() as root:
        subprocess.run([common.PYTHON, "-B", __file__, "measure", "quick" if chosen.quick else "whole"], check=True,
                       env={**common.environment(root / "ours", chosen.package), "PATH": os.environ["PATH"]})


if __name__ == "__main__":
    measure(sys.argv[2] == "quick") if sys.argv[1:2] == ["measure"] else main()
