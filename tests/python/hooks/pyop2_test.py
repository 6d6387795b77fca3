"""The hook for PyOP2, on a stand-in with the functions that PyOP2 has: it compiles on rank 0 with mpicc, whose version it asks for."""
import importlib
import sys
import unittest

import dijitso
from case import HooksTest
from dijitso.errors import DijitsoError

STAND_IN = '''
import ctypes
import pathlib
import subprocess


class CompilationError(Exception):
    pass


class Version(str):
    pass


class LinuxGnuCompiler:
    cc, ldflags = "mpicc", ("-shared",)

    def __init__(self, cppargs=(), ldargs=(), version=None, debug=False):
        self.cflags = ("-fPIC", "-Wall", "-std=gnu11") + tuple(cppargs) + ("-O0", "-g") * debug + ("-march=native", "-O3", "-ffast-math")
        self.ldflags, self.version = self.ldflags + tuple(ldargs), version


def sniff_compiler(exe, comm=None):
    raise AssertionError(subprocess.run([exe, "--version"]))


def _run(cc, logfile, errfile, step="Compilation", filemode="w"):
    subprocess.check_call(cc)


def load(code, extension, folder, cppargs=(), ldargs=()):
    compiler = sniff_compiler("mpicc")(cppargs, ldargs, debug=False)
    assert compiler.version == "12"
    name = pathlib.Path(folder) / f"kernel.{extension}"
    name.write_text(code)
    library = name.with_suffix(".so")
    _run((compiler.cc,) + compiler.cflags + ("-o", str(library), str(name)) + compiler.ldflags, name.with_suffix(".log"), name.with_suffix(".err"))
    return ctypes.CDLL(str(library))
'''
KERNEL = """
#include <mpi.h>
#include <petsc.h>
int ID_event = 3;
double wrap_kernel(double x) { PetscScalar y = x; return PetscRealPart(y) * 2; }
"""
PETSC = "/usr/lib/petscdir/petsc-real"


class PyOP2Test(HooksTest):
    def setUp(self):
        super().setUp()
        self.write("pyop2/__init__.py", "")
        self.write("pyop2/compilation.py", STAND_IN)
        for name in ("pyop2", "pyop2.compilation"):
            self.addCleanup(sys.modules.pop, name, None)
        importlib.invalidate_caches()

    def test_a_kernel_with_petsc(self):
        import ctypes
        dijitso.install("pyop2")
        from pyop2 import compilation
        arguments = KERNEL, "c", self.tmp, (f"-I{PETSC}/include",), (f"-L{PETSC}/lib", f"-Wl,-rpath,{PETSC}/lib", "-lpetsc_real", "-lm")
        library = compilation.load(*arguments)
        library.wrap_kernel.restype, library.wrap_kernel.argtypes = ctypes.c_double, [ctypes.c_double]
        self.assertEqual(library.wrap_kernel(4), 8)
        self.assertEqual(ctypes.c_int.in_dll(library, "ID_event").value, 3)
        self.assertEqual(self.compiles(lambda: compilation.load(*arguments)), 0)
        self.assertIn("Compilation command, in the process:\nmpicc -fPIC", (self.tmp / "kernel.log").read_text())

    def test_wrong_code_raises_what_pyop2_raises(self):
        dijitso.install("pyop2")
        from pyop2 import compilation
        with self.assertRaisesRegex(compilation.CompilationError, r"kernel\.c:2:\d+: error: use of undeclared identifier(.|\n)*kernel\.err"):
            compilation.load("int x;\nint f(void) { return undeclared; }\n", "c", self.tmp)
        self.assertIn("kernel.c:2:", (self.tmp / "kernel.err").read_text())

    def test_what_is_not_c_goes_the_old_way(self):
        dijitso.install("pyop2")
        from pyop2 import compilation
        with self.assertRaises(FileNotFoundError):
            compilation.load("", "f90", self.tmp)

    def test_another_version_is_refused(self):
        self.write("pyop2/compilation.py", STAND_IN.replace("def _run(cc, ", "def _run(cc, env, "))
        dijitso.install("pyop2")
        with self.assertRaisesRegex(DijitsoError, "'pyop2' does not know this pyop2.compilation, whose _run takes cc, env, logfile"):
            from pyop2 import compilation  # noqa: F401


if __name__ == "__main__":
    unittest.main()
