"""The installed package: by `cmake --install`, wherever the tree is moved, and by pip without a network.

usage: install_test.py BUILD_TREE LIBRARY_DIR
"""
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

from package import PackageTest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BUILD, LIBRARY_DIR = sys.argv[1:3]
OPTIONS = (pathlib.Path(BUILD) / "CMakeCache.txt").read_text()
WITH_MPI = {"_mpi": "DIJITSO_MPI:BOOL=ON" in OPTIONS, "_mpi_mpich": "DIJITSO_MPICH:BOOL=ON" in OPTIONS}
SCRIPT = """
import dijitso, os, sys
lib, signature = dijitso.jit(None, "m", {}, lambda *a: ("", 'extern "C" int answer() { return 42; }', ()))
with open("/proc/self/maps") as maps:
    libraries = sorted({line.split()[-1] for line in maps if "libdijitso" in line})
print(lib.answer(), os.path.dirname(dijitso.__file__), *libraries)
"""
MPI_SCRIPT = """
import sys
try:
    from dijitso import {}
except ImportError:
    sys.exit()
with open("/proc/self/maps") as maps:
    print(*sorted({{line.split()[-1] for line in maps if "libdijitso" in line}}))
"""
COMPILED = """
import sys
sys.addaudithook(lambda event, args: event == "compile" and "dijitso" in str(args[1]) and print(args[1]))
import dijitso.cmdline, dijitso.ffcx, dijitso.hooks.pyop2
"""


class InstallTest(PackageTest):
    def setUp(self):
        super().setUp()
        self.set_environment(PATH="/usr/bin:/bin", CMAKE_BUILD_DIR=BUILD)

    def run_tool(self, *args):
        done = subprocess.run([*map(str, args)], capture_output=True, text=True, cwd=self.tmp)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def check(self, output, package, libraries):
        answer, used, *mapped = output.split()
        self.assertEqual((answer, used), ("42", str(package)))
        self.assertEqual(sorted({os.path.basename(path).split(".")[0] for path in mapped}),
                         ["libdijitso", "libdijitso-compiler", "libdijitso-orc"])
        self.assertEqual({os.path.dirname(path) for path in mapped}, {str(libraries)})

    def check_mpi(self, run, libraries):
        for extension, is_built in WITH_MPI.items():
            used = run("-c", MPI_SCRIPT.format(extension)).split()
            expected = {"libdijitso", "libdijitso" + extension.replace("_", "-")} if is_built else set()
            self.assertEqual({os.path.basename(path).split(".")[0] for path in used}, expected)
            self.assertLessEqual({os.path.dirname(path) for path in used}, {str(libraries)})

    def test_cmake_install(self):
        self.run_tool("cmake", "--install", BUILD, "--prefix", self.tmp / "prefix")
        shutil.move(self.tmp / "prefix", self.tmp / "moved")
        packages = self.tmp / "moved/lib/python3/dist-packages"
        output = self.run_python("-c", SCRIPT, PYTHONPATH=str(packages))
        self.check(output, packages / "dijitso", self.tmp / "moved" / LIBRARY_DIR)
        self.check_mpi(lambda *args: self.run_python(*args, PYTHONPATH=str(packages)), self.tmp / "moved" / LIBRARY_DIR)
        self.assertEqual(self.run_python("-c", COMPILED, PYTHONPATH=str(packages)), "")  # byte code is installed
        self.assertTrue((packages / "dijitso/py.typed").is_file())
        self.assertTrue((packages / "dijitso/ffcx/__main__.py").is_file() and (packages / "dijitso/hooks/cffi.py").is_file())
        self.assertTrue((packages / "dijitso.pth").is_file())

    def test_pip(self):
        """The source tree stays as it was, but for its folder build."""
        before = sorted(SOURCE.iterdir())
        self.run_tool("/usr/bin/python3", "-m", "venv", "--system-site-packages", self.tmp / "venv")
        python = self.tmp / "venv/bin/python"
        self.run_tool(python, "-m", "pip", "install", "--no-build-isolation", "--no-index", "--no-deps", SOURCE)
        self.assertEqual(sorted(set(SOURCE.iterdir()) - set(before) - {SOURCE / "build"}), [])
        self.set_environment(PYTHONPATH=None)
        output = self.run_tool(python, "-c", SCRIPT)
        [package] = (self.tmp / "venv/lib").glob("python3.*/site-packages/dijitso")
        self.check(output, package, package)
        self.check_mpi(lambda *args: self.run_tool(python, *args), package)
        self.assertTrue((package / "ffcx/__main__.py").is_file() and (package / "hooks/cffi.py").is_file())
        installed = "import dijitso.hooks._mechanism as m, sys; print(*m._installed)"
        self.set_environment(DIJITSO_INSTALL="cffi")
        self.assertEqual(self.run_tool(python, "-c", installed), "cffi\n")
        self.set_environment(DIJITSO_INSTALL=None)
        self.assertEqual(self.run_tool(python, "-c", "import sys; print('dijitso' in sys.modules)"), "False\n")
        self.assertTrue((package / "py.typed").is_file() and (package / "_dijitso.pyi").is_file())
        self.assertIn("m", self.run_tool(self.tmp / "venv/bin/dijitso-cache", "show", "--signatures"))
        self.assertIn("function  answer", self.run_tool(self.tmp / "venv/bin/dijitso-cache", "inspect", "m"))


if __name__ == "__main__":
    del sys.argv[1:3]
    unittest.main()
