"""dijitso.mpi with real processes (mpi_program.py, mpi_jit_program.py, mpi_compile_program.py, mpi_ffc_program.py), and where there is no MPI."""
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

import dijitso
from package import PYTHONPATH, PackageTest

HERE = pathlib.Path(__file__).resolve().parent
# A communicator of one process, without mpirun.
ALONE = """
import dijitso
from mpi4py import MPI
try:
    print(dijitso.mpi.jit(MPI.COMM_SELF, None, "m", {}, lambda *args: ("", 'extern "C" int answer() { return 42; }', ()))[0].answer())
except dijitso.errors.CacheError as error:
    print(error)
"""


class MpiTest(PackageTest):
    def run_on_processes(self, program):
        mpirun = shutil.which("mpirun", path="/usr/bin")
        self.assertTrue(mpirun, "mpirun is not installed")
        for count in (1, 2, 3, 4):
            with self.subTest(processes=count):
                shared = self.tmp / str(count)
                shared.mkdir()
                done = subprocess.run(
                    [mpirun, "--oversubscribe", "-n", str(count), sys.executable, "-B", HERE / program, shared], cwd=self.tmp, text=True,
                    capture_output=True, timeout=300, stdin=subprocess.DEVNULL,
                    env={**os.environ, "PYTHONPATH": PYTHONPATH, "PATH": "/usr/bin:/bin", "OMPI_ALLOW_RUN_AS_ROOT": "1",
                         "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMPI_MCA_btl_vader_single_copy_mechanism": "none"})
                self.assertEqual((done.returncode, done.stdout.count("ok")), (0, count), done.stderr)

    def test_documented_functions(self):
        self.run_on_processes("mpi_program.py")

    def test_collective_jit(self):
        self.run_on_processes("mpi_jit_program.py")

    def test_ffc(self):
        self.run_on_processes("mpi_ffc_program.py")

    def test_texts_with_mpi(self):
        self.run_on_processes("mpi_compile_program.py")

    def run_alone(self, **environment):
        return self.run_python("-c", ALONE, OMPI_MCA_ess_singleton_isolated="1", **environment)

    def test_one_process_without_mpirun(self):
        self.assertEqual(self.run_alone(), "42\n")

    def test_built_without_mpi(self):
        shutil.copytree(PYTHONPATH, self.tmp / "package", ignore=shutil.ignore_patterns("_mpi*.so"))
        output = self.run_alone(PYTHONPATH=str(self.tmp / "package"))
        self.assertRegex(output, r"Open MPI v\S+.* \(/.*/libmpi\.so\.\S+\), and this dijitso was built for no MPI: build it with -DDIJITSO_MPI=ON")

    def test_mpi4py_of_another_mpi(self):
        """A stand-in for it: what is used of mpi4py, without a library of its own, or with ours and handles of another copy."""
        from dijitso import _mpi
        ours = next(name for name in dijitso.system.ldd(_mpi.__file__) if name.startswith("libmpi"))
        for version, library, text in (("MPICH Version: 4.0", None, f"MPICH Version: 4.0 (no library of its own), and this dijitso was built for {ours}"),
                                       (_mpi.library_version(), ours, "uses another MPI")):
            folder = self.tmp / version[:5]
            (folder / "mpi4py").mkdir(parents=True)
            (folder / "mpi4py/MPI.py").write_text(
                f"import ctypes\nctypes.CDLL({library!r})\n"
                "class Comm: handle = ctypes.c_void_p(0x44000000)\n"
                "COMM_WORLD = COMM_SELF = Comm()\n"
                f"Get_library_version = lambda: {version!r}\n"
                "_addressof = lambda comm: ctypes.addressof(comm.handle)\n")
            (folder / "mpi4py/__init__.py").write_text("")
            self.assertIn(text, self.run_alone(PYTHONPATH=f"{folder}:{PYTHONPATH}"))

    def test_the_stub_tells_what_the_extension_has(self):
        from dijitso import _mpi
        self.assert_stub_is_right(_mpi)

    def test_the_main_extension_needs_no_mpi(self):
        libraries = dijitso.system.ldd(dijitso._dijitso.__file__)
        self.assertEqual([name for name in libraries if "mpi" in name], [])

    def test_without_mpi4py(self):
        with self.assertRaisesRegex(dijitso.errors.InvalidArgument, "communicator of mpi4py, such as mpi4py.MPI.COMM_WORLD, not .* NoneType"):
            dijitso.mpi.jit(None, None, "m", {})
        self.assertNotIn("mpi4py", sys.modules)
        self.assertEqual(dijitso.mpi.traffic(), {"bytes_sent": 0, "bytes_received": 0, "agreements": 0})

    def test_mpi4py_is_not_imported_without_need(self):
        script = "import sys, dijitso; dijitso.mpi.create_comms_and_role(None, '', 'node'); print('mpi4py' in sys.modules)"
        self.assertEqual(self.run_python("-c", script), "False\n")
        script = "import sys, dijitso; dijitso.validate_params({}); print('numpy' in sys.modules)"
        self.assertEqual(self.run_python("-c", script), "False\n")


if __name__ == "__main__":
    unittest.main()
