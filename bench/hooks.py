"""Packages that compile generated code, with a hook of dijitso and with gcc as they start it, by turns.

Each case is a program in a new process. Cold: seconds of the call that compiles, by the clock and of the processors (with all processes that it
starts); ours with precompiled headers, which programs with other texts of the same kind made, and with nothing cached. Warm: seconds of a whole second process,
which finds what the first one made; SymPy keeps nothing, so there it compiles again without the hook. Own: what the package itself takes of stock's cold seconds
of the processors, without the processes that it starts; a compiler that took no time would leave these. (SymPy and PyOP2 start a Python and mpicc, too.)
"""
import json
import resource
import subprocess
import time

import common

PROGRAM = """
import json, os, sys, time
number = int(sys.argv[1])
def spent():
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
def timed(call):
    wall, cpu, own = time.perf_counter(), spent(), time.process_time()
    result = call()
    print(json.dumps({"wall": time.perf_counter() - wall, "cpu": spent() - cpu, "own": time.process_time() - own, "result": result}), flush=True)
"""
CFFI = """
import cffi
ffi = cffi.FFI()
ffi.cdef("double f(double);")
ffi.set_source("module%d" % number, "#include <math.h>\\nstatic double f(double x) { return sqrt(x) + %d; }" % number)
def work():
    ffi.compile()
    sys.path.insert(0, "")
    return __import__("module%d" % number).lib.f(4.0)
timed(work)
"""
CYTHON = """
import warnings
warnings.simplefilter("ignore")
import Cython, Cython.Build.Inline
timed(lambda: Cython.inline("return a * b + %d" % number, a=3, b=4))
"""
UFUNCIFY = """
import warnings
warnings.simplefilter("ignore")
from sympy.abc import x, y
from sympy.utilities.autowrap import ufuncify
timed(lambda: float(ufuncify([x, y], x * y + number)([1.0, 2.0], 3.0)[1]))
"""
BRIAN2 = """
import warnings
warnings.simplefilter("ignore")
import brian2 as b2
b2.prefs.codegen.target = "cython"
def work():
    equation = "dv/dt = (1.2 + %d * 0.001 - v) / (10*ms) : 1" % number
    group = b2.NeuronGroup(4, equation, threshold="v > 1", reset="v = 0", method="exact")
    group.v = "i * 0.1"
    monitor = b2.SpikeMonitor(group)
    b2.run(60*b2.ms)
    return int(monitor.num_spikes)
timed(work)
"""
# As PyOP2 compiles: one command for each kernel, unless its folder has the library.
PYOP2 = """
import ctypes, pathlib
sys.path.insert(0, %r)
import pyop2.compilation as c
def work():
    source = pathlib.Path("kernel%%d.c" %% number)
    library = source.with_suffix(".so").absolute()
    if not library.exists():
        source.write_text("#include <mpi.h>\\n#include <petsc.h>\\ndouble kernel(double x) { PetscScalar y = x; return PetscRealPart(y) + %%d; }" %% number)
        compiler = c.sniff_compiler("mpicc")(["-I%s/include"], ["-L%s/lib", "-lpetsc_real", "-lm"])
        c._run(("mpicc", *compiler.cflags, "-o", str(library), str(source), *compiler.ldflags), "log", "err")
    kernel = ctypes.CDLL(str(library)).kernel
    kernel.restype, kernel.argtypes = ctypes.c_double, [ctypes.c_double]
    return kernel(1.0)
timed(work)
"""
PYOP2_PACKAGE = """
import subprocess
import mpi4py.MPI, numpy  # as PyOP2 does
class Version(str): pass
class LinuxGnuCompiler:
    def __init__(self, cppargs=(), ldargs=(), version=None):
        self.cflags = ("-fPIC", "-Wall", "-std=gnu11", *cppargs, "-march=native", "-O3", "-ffast-math")
        self.ldflags = ("-shared", *ldargs)
def sniff_compiler(exe, comm=None):
    subprocess.run([exe, "--version"], stdout=subprocess.DEVNULL)
    return LinuxGnuCompiler
def _run(cc, logfile, errfile, step="Compilation", filemode="w"): subprocess.check_call(cc)
"""
PETSC = "/usr/lib/petscdir/petsc-real"
HOOKS = {"CFFI": ("cffi", CFFI), "Cython.inline": ("setuptools", CYTHON), "ufuncify": ("sympy", UFUNCIFY), "brian2": ("setuptools", BRIAN2),
         "PyOP2's kernels": ("pyop2", PYOP2)}


def spent_by_children():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run(chosen, case, folder, number, ours):
    """One process, with its home in this folder: what the program says, and the seconds of the whole process."""
    hook, text = HOOKS[case]
    folder.mkdir(exist_ok=True)
    if hook == "pyop2":
        package = folder / "packages" / "pyop2"
        package.mkdir(parents=True, exist_ok=True)
        (package / "__init__.py").touch()
        (package / "compilation.py").write_text(PYOP2_PACKAGE)
        text = text % (str(package.parent), PETSC, PETSC)
    (folder / "program.py").write_text(PROGRAM + text)
    env = common.environment(folder / "cache", chosen.package if ours else None)
    env.update(XDG_CACHE_HOME=str(folder / "xdg"), OPENBLAS_NUM_THREADS="1",
               OMPI_MCA_ess_singleton_isolated="1", MPLBACKEND="agg", MPLCONFIGDIR=str(folder / "matplotlib"))
    words = ["-m", "dijitso.run", f"--hooks={hook}"] if ours else []
    start, spent = time.perf_counter(), spent_by_children()
    process = subprocess.Popen([common.PYTHON, "-B", *words, "program.py", str(number)], env=env, cwd=folder, text=True, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    output, errors = process.communicate()
    if process.returncode != 0:
        raise SystemExit(f"{case} fails, {'ours' if ours else 'stock'}, with {process.returncode}:\n{output}{errors}")
    answer = json.loads(next(line for line in output.splitlines() if line.startswith("{")))
    return {**answer, "whole": {"wall": time.perf_counter() - start, "cpu": spent_by_children() - spent}}


def measure_round(chosen, root, case, turn):
    """What each side takes: {side: {"cold": ..., "warm": ...}}."""
    prepared = root / f"{case}-prepared".replace(" ", "-")
    if not prepared.exists():
        for number in (900, 901):  # the second module makes the precompiled headers
            run(chosen, case, prepared, number, ours=True)
    found, results = {}, set()
    for side in common.turns(["stock", "ours", "ever"], turn):
        folder = root / f"{case}-{side}-{turn}".replace(" ", "-")
        folder.mkdir()
        if side == "ours":
            common.with_headers(prepared / "cache", folder / "cache")
        cold = run(chosen, case, folder, turn, side != "stock")
        warm = run(chosen, case, folder, turn, side != "stock")
        found[side] = {"cold": {name: cold[name] for name in ("wall", "cpu", "own")}, "warm": warm["whole"]}
        results |= {cold["result"], warm["result"]}
    if len(results) != 1:
        raise SystemExit(f"{case}: the results differ: {results}")
    return found


def main():
    chosen = common.arguments(__doc__, cases={"nargs": "+", "choices": list(HOOKS), "default": list(HOOKS)}, rounds={"type": int})
    rounds = chosen.rounds or (1 if chosen.quick else 5)
    rows = []
    with common.Folder() as root:
        for case in chosen.cases[:1] if chosen.smallest else chosen.cases:
            found = [measure_round(chosen, root, case, turn) for turn in range(rounds)]

            def medians(read):
                return {side: common.median([read(one[side]) for one in found]) for side in found[0]}
            rows.append({"case": case, "wall": medians(lambda x: x["cold"]["wall"]), "cpu": medians(lambda x: x["cold"]["cpu"]),
                         "own": common.median([one["stock"]["cold"]["own"] for one in found]),
                         "warm": medians(lambda x: x["warm"]["wall"]), "warm_cpu": medians(lambda x: x["warm"]["cpu"])})
            common.say("  " + case)
    common.emit({"rounds": rounds, "rows": rows})


if __name__ == "__main__":
    main()
