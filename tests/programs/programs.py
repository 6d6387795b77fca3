"""Runs real DOLFIN and DOLFINx programs, with the old package or with ours, and looks at what they print and what they start.

The old runs need many seconds each for g++, so what they printed is kept in the build directory, under a name made of the program's text
and the versions of the packages. Ours run where no compiler can be found, each time with homes and caches of their own.
"""
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
PYTHON = "/usr/bin/python3"  # Debian's packages belong to Debian's Python
STRACE = shutil.which("strace") or "/usr/bin/strace"
MPIRUN = shutil.which("mpirun") or "/usr/bin/mpirun"
CACHES = {"dolfin": "dijitso", "dolfinx-real": "xdg/fenics", "dolfinx-complex": "xdg/fenics"}
VERSIONS = {
    "dolfin": ["python3-dijitso", "python3-ffc", "python3-ufl", "python3-dolfin", "libdolfin2019.2", "libpetsc-real3.18", "g++"],
    "dolfinx-real": ["python3-cffi", "python3-ffcx", "python3-ufl", "python3-dolfinx-real", "libpetsc-real3.18", "gcc"],
    "dolfinx-complex": ["python3-cffi", "python3-ffcx", "python3-ufl", "python3-dolfinx-complex", "libpetsc-complex3.18", "gcc"],
}
ONLY = {"hyperelasticity": "dolfinx-real", "helmholtz": "dolfinx-complex"}  # of DOLFINx's programs, those for one kind of numbers
TIMEOUT = 400

OURS = None       # the folder that holds our package `dijitso`
REFERENCE = None  # the folder of what the old runs printed


def program_path(build, name):
    return HERE / build.split("-")[0] / (name + ".py")


def all_programs():
    """(build, name) of every program; those of DOLFINx run with both of its builds where they can."""
    return [(build, path.stem) for build in CACHES for path in sorted((HERE / build.split("-")[0]).glob("*.py"))
            if build == "dolfin" or ONLY.get(path.stem, build) == build]


def environment(build, root):
    """What both sides have in common: a home and caches in `root`, one thread, and a PETSc of the right kind of numbers."""
    kind = "complex" if build == "dolfinx-complex" else "real"
    (root / "home").mkdir(parents=True, exist_ok=True)
    return {
        "HOME": str(root / "home"), "DIJITSO_CACHE_DIR": str(root / "dijitso"), "XDG_CACHE_HOME": str(root / "xdg"),
        "PETSC_DIR": "/usr/lib/petscdir/petsc-" + kind, "SLEPC_DIR": "/usr/lib/slepcdir/slepc-" + kind,
        "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8",
        # A program alone starts no daemon of MPI, and mpirun looks for no ssh.
        "OMPI_MCA_ess_singleton_isolated": "1", "OMPI_MCA_plm_rsh_agent": "/bin/false",
        "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "TMPDIR": str(root),
    }


def old_environment(build, root):
    return {**environment(build, root), "PATH": "/usr/bin:/bin"}


def our_environment(build, root):
    """No compiler, assembler, linker or shell is on PATH: only pkg-config, which DOLFIN itself starts when it is imported."""
    tools = root / "bin"
    if not tools.exists():
        tools.mkdir(parents=True)
        (tools / "pkg-config").symlink_to(shutil.which("pkg-config") or "/usr/bin/pkg-config")
    return {**environment(build, root), "PATH": str(tools), "CXX": "/bin/false", "CC": "/bin/false", "PYTHONPATH": str(OURS)}


def our_command(build, *program):
    install = ["-m", "dijitso.ffcx"] if build.startswith("dolfinx") else []
    return [PYTHON, *install, *map(str, program)]


class Run:
    """A finished run: `documents` (one for each line of JSON on standard output), `errors`, `code`, what it started and opened."""

    def __init__(self, command, env, root):
        trace = root / "strace.log"
        done = subprocess.run(
            [STRACE, "-f", "-qq", "--seccomp-bpf", "-s", "300", "-e", "trace=execve,execveat,openat,open", "-e", "signal=none",
             "-o", str(trace), *command],
            env=env, cwd=env["HOME"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TIMEOUT)
        self.code, self.output, self.errors = done.returncode, done.stdout, done.stderr
        self.documents = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        self.calls = trace.read_text(errors="replace").splitlines()

    def started(self):
        """The names of all programs whose start was tried, whether they were found or not, in order."""
        return [os.path.basename(name) for call in self.calls for name in re.findall(r"^\d+ +exec\w+\([^\"]*\"([^\"]*)\"", call)]

    def loads(self, library):
        return any("/" + library in call and " = -1 " not in call for call in self.calls)


def old_numbers(build, name):
    """What the program prints with the old package, and the names of the programs that were started for it."""
    program = program_path(build, name)
    versions = subprocess.run(["/usr/bin/dpkg-query", "-W", *VERSIONS[build]], check=True, capture_output=True, text=True).stdout
    key = hashlib.sha256((program.read_text() + versions).encode()).hexdigest()[:16]
    kept = REFERENCE / ("%s-%s-%s.json" % (build, name, key))
    if not kept.exists():
        with tempfile.TemporaryDirectory(prefix="old-programs-") as folder:
            root = pathlib.Path(folder)
            run = Run([PYTHON, str(program)], old_environment(build, root), root)
        if run.code != 0:
            raise RuntimeError("%s fails with the old package:\n%s" % (program, run.errors))
        REFERENCE.mkdir(parents=True, exist_ok=True)
        partial = kept.with_suffix(".%d" % os.getpid())
        partial.write_text(json.dumps({"numbers": run.documents[-1], "started": sorted(set(run.started()))}))
        partial.rename(kept)
    document = json.loads(kept.read_text())
    return document["numbers"], document["started"]


def differences(expected, got, tolerance=1e-10):
    """In words, what differs by more than `tolerance`, relative to the largest number under the same name."""
    if expected.keys() != got.keys():
        return ["names differ: %s and %s" % (sorted(expected), sorted(got))]
    found = []
    for name, value in expected.items():
        if isinstance(value, str):
            same = value == got[name]
        else:
            left, right = ([v] if not isinstance(v, list) else v for v in (value, got[name]))
            scale = max(map(abs, left))
            # Written so that a "not a number" is a difference.
            same = len(left) == len(right) and all(abs(a - b) <= tolerance * scale for a, b in zip(left, right))
        if not same:
            found.append("%s: expected %r, got %r" % (name, value, got[name]))
    return found


class ProgramsTest(unittest.TestCase):
    """A test with a folder of its own for homes and caches."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="dijitso-programs-")
        self.addCleanup(temporary.cleanup)
        self.root = pathlib.Path(temporary.name)

    def ours(self, build, *program):
        return Run(our_command(build, *program), our_environment(build, self.root), self.root)

    def ours_in_parallel(self, build, *program):
        # mpirun puts its own folder in front of PATH, so PATH is set again behind it.
        env = our_environment(build, self.root)
        return Run([MPIRUN, "-n", "3", "--oversubscribe", "/usr/bin/env", "PATH=" + env["PATH"], *our_command(build, *program)],
                   env, self.root)

    def entries(self, build):
        """The names of the objects in the cache."""
        return sorted(path.name for path in (self.root / CACHES[build]).rglob("obj/*.o"))

    def assert_same_numbers(self, expected, got):
        self.assertEqual(differences(expected, got), [])

    def assert_starts_nothing(self, run, allowed):
        self.assertEqual(sorted(set(run.started()) - set(allowed)), [])


def main(arguments=0):
    """Runs the tests of the calling file: <our package's folder> <reference folder>, then `arguments` more, which are returned."""
    global OURS, REFERENCE
    if len(sys.argv) < 3 + arguments or not os.path.isdir(os.path.join(sys.argv[1], "dijitso")):
        sys.exit("usage: %s <folder of the package dijitso> <folder for references> ... [unittest options]" % sys.argv[0])
    own = sys.modules["programs"]  # the suites import this file as a module of its own
    own.OURS, own.REFERENCE = (pathlib.Path(path).resolve() for path in sys.argv[1:3])
    own.ARGUMENTS = sys.argv[3:3 + arguments]
    del sys.argv[1:3 + arguments]
    unittest.main(module="__main__")
