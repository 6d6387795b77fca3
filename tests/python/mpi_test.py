"""dijitso.mpi with real processes (mpi_program.py), and a program without MPI."""
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

from package import PYTHONPATH, PackageTest

PROGRAM = pathlib.Path(__file__).resolve().with_name("mpi_program.py")


class MpiTest(PackageTest):
    def test_processes(self):
        mpirun = shutil.which("mpirun", path="/usr/bin")
        self.assertTrue(mpirun, "mpirun is not installed")
        for count in (1, 2, 3, 4):
            with self.subTest(processes=count):
                shared = self.tmp / str(count)
                shared.mkdir()
                done = subprocess.run(
                    [mpirun, "--oversubscribe", "-n", str(count), sys.executable, "-B", PROGRAM, shared], cwd=self.tmp, text=True,
                    capture_output=True, timeout=300, stdin=subprocess.DEVNULL,
                    env={**os.environ, "PYTHONPATH": PYTHONPATH, "PATH": "/usr/bin:/bin", "OMPI_ALLOW_RUN_AS_ROOT": "1",
                         "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMPI_MCA_btl_vader_single_copy_mechanism": "none"})
                self.assertEqual((done.returncode, done.stdout.count("ok")), (0, count), done.stderr)

    def test_mpi4py_is_not_imported_without_need(self):
        script = "import sys, dijitso; dijitso.mpi.create_comms_and_role(None, '', 'node'); print('mpi4py' in sys.modules)"
        self.assertEqual(self.run_python("-c", script), "False\n")
        script = "import sys, dijitso; dijitso.validate_params({}); print('numpy' in sys.modules)"
        self.assertEqual(self.run_python("-c", script), "False\n")


if __name__ == "__main__":
    unittest.main()
