"""Peers that do a part of the job, beside ours, by turns: clang-repl on modules of FFC, and numba on one kernel.

clang-repl (Debian's clang-tools-22) compiles in its process too, but has no cache, no way to ask for a module from a program, and reads
its input line by line: a module's text on its standard input does not come to an end, so it is given as one #include. Time is from the
start of the process to the creation of the module's object; ours likewise, without a cache. numba (python3-numba) compiles Python, not C
or C++: the kernel, Poisson's element matrix on a triangle, was written again in Python for it, and time is the first call without
the import. Debian 12 has no package of cppyy.
"""
import json
import subprocess

import common

KERNEL = """
#include <math.h>
void kernel(double* restrict A, const double* restrict x) {
  const double J0 = x[2] - x[0], J1 = x[4] - x[0], J2 = x[3] - x[1], J3 = x[5] - x[1];
  const double det = J0 * J3 - J1 * J2;
  const double K[4] = {J3 / det, -J1 / det, -J2 / det, J0 / det};
  const double g[3][2] = {{-K[0] - K[2], -K[1] - K[3]}, {K[0], K[1]}, {K[2], K[3]}};
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 3; ++j) A[3 * i + j] = 0.5 * fabs(det) * (g[i][0] * g[j][0] + g[i][1] * g[j][1]);
}
"""
TIMED = """
import ctypes, json, sys, time
import numpy
A, x = numpy.zeros(9), numpy.array([0.1, 0.2, 1.3, 0.1, 0.4, 1.5])
pointers = [ctypes.c_void_p(array.ctypes.data) for array in (A, x)]
%s
start = time.perf_counter()
address = make()
function = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)(address)
function(*pointers)
print(json.dumps({"seconds": time.perf_counter() - start, "sum": float(numpy.abs(A).sum())}))
"""
NUMBA = """
from numba import carray, cfunc, types
def kernel(A_, x_):
    A, x = carray(A_, (9,)), carray(x_, (6,))
    J0, J1, J2, J3 = x[2] - x[0], x[4] - x[0], x[3] - x[1], x[5] - x[1]
    det = J0 * J3 - J1 * J2
    K0, K1, K2, K3 = J3 / det, -J1 / det, -J2 / det, J0 / det
    g = ((-K0 - K2, -K1 - K3), (K0, K1), (K2, K3))
    for i in range(3):
        for j in range(3):
            A[3 * i + j] = 0.5 * abs(det) * (g[i][0] * g[j][0] + g[i][1] * g[j][1])
keep = []
def make():
    keep.append(cfunc(types.void(types.CPointer(types.double), types.CPointer(types.double)))(kernel))
    return keep[0].address
"""
OURS = """
import dijitso
def make():
    library, _ = dijitso.jit(None, "kernel", {"cache": {"src_postfix": ".c"}}, lambda *_: ("", %r, ()))
    return ctypes.cast(library.kernel, ctypes.c_void_p).value
""" % KERNEL


def clang_repl(chosen, manifest, module, root):
    folder = chosen.ffc.parent
    text = '#include "%s"\nauto* made = %s();\n%%quit\n' % (folder / (module["name"] + ".cpp"), module["factories"][0])
    flags = [flag for flag in manifest["cxxflags"] if flag not in ("-shared", "-fPIC")] + manifest["cxxflags_opt"]
    options = ["-Xcc=" + flag for flag in flags + ["-I" + str(path) for path in [*manifest["include_dirs"], folder]]]
    done = subprocess.run(["clang-repl-22", *options], input=text, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
    if done.returncode != 0 or "error:" in done.stdout:
        raise SystemExit("clang-repl-22 fails on %s:\n%s" % (module["name"], done.stdout))


def ours(chosen, module, cache):
    worker = common.module_worker(chosen.ffc, cache, common.PLAIN, chosen.package, start_up=False)
    worker.ask(modules=[module["name"]])
    worker.close()


def compare_clang_repl(chosen, root):
    """Modules that need no other: clang-repl would have to be told of those."""
    manifest = json.loads(chosen.ffc.read_text())
    modules = [m for m in common.modules_of(manifest, common.families_of(chosen, manifest)) if not m["dependencies"]]
    rows = []
    for turn, module in enumerate(modules[:1 if chosen.smallest else 4 if chosen.quick else 12]):
        runs = {"clang-repl": lambda: clang_repl(chosen, manifest, module, root), "ours": lambda: ours(chosen, module, root / str(turn))}
        rows.append({"module": module["name"], "seconds": {side: common.seconds(runs[side]) for side in common.turns(list(runs), turn)}})
    return rows


def compare_numba(chosen, root):
    samples = {"numba": [], "ours": []}
    for turn in range(1 if chosen.quick else 5):
        for side in common.turns(list(samples), turn):
            env = common.environment(root / ("numba-%d" % turn), chosen.package)
            done = subprocess.run([common.PYTHON, "-c", TIMED % (NUMBA if side == "numba" else OURS)], check=True, env=env, text=True,
                                  stdout=subprocess.PIPE)
            samples[side].append(json.loads(done.stdout))
    if len({round(sample["sum"], 9) for runs in samples.values() for sample in runs}) != 1:
        raise SystemExit("numba's kernel computes something else: %s" % samples)
    return {side: common.median([run["seconds"] for run in runs]) for side, runs in samples.items()}


def main():
    chosen = common.arguments(__doc__)
    with common.Folder() as root:
        common.emit({"clang-repl": compare_clang_repl(chosen, root), "numba": compare_numba(chosen, root)})


if __name__ == "__main__":
    main()
