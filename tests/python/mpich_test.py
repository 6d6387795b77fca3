"""dijitso.mpi in programs with MPICH (mpich_program.py): the extension that fits is chosen, or the error says which MPIs there are."""
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

import dijitso
from package import PYTHONPATH, PackageTest

HERE = pathlib.Path(__file__).resolve().parent
STANDIN = HERE / "mpich"
# One process, without mpirun.
ALONE = """
import dijitso
from mpi4py import MPI
try:
    print(dijitso.mpi.jit(MPI.COMM_SELF, None, "m", {}, lambda *args: ("", 'extern "C" int answer() { return 42; }', ()))[0].answer())
except dijitso.errors.CacheError as error:
    print(error)
print(*dijitso.mpi._loaded_mpis())
"""


def library_of(extension):
    """The MPI library that an extension needs: its name, and where it is."""
    [(name, path)] = [(each.library, each.path) for each in dijitso.mpi._built_extensions() if each.module == f"dijitso.{extension}"]
    return name, path


class MpichTest(PackageTest):
    def run_alone(self, *, before="", standin=STANDIN, package=PYTHONPATH, **environment):
        path = f"{standin}:{package}" if standin else package
        return self.run_python("-c", before + ALONE, PYTHONPATH=path, OMPI_MCA_ess_singleton_isolated="1",
                               **{"TEST_MPI_LIBRARY": library_of("_mpi_mpich")[1], **environment}).splitlines()

    def package_without(self, pattern):
        shutil.copytree(PYTHONPATH, self.tmp / "package", ignore=shutil.ignore_patterns(pattern))
        return str(self.tmp / "package")

    def abi_library(self):
        """MPICH's library as all but Debian call it: a copy with another soname and name."""
        path = self.tmp / "abi" / "libmpi.so.12.2.2"
        path.parent.mkdir()
        path.write_bytes(pathlib.Path(library_of("_mpi_mpich")[1]).read_bytes().replace(b"libmpich.so.12\0", b"libmpi.so.12\0\0\0"))
        return str(path)

    def test_ranks(self):
        mpirun = shutil.which("mpirun.mpich", path="/usr/bin")
        self.assertTrue(mpirun, "mpirun.mpich is not installed")
        done = subprocess.run([mpirun, "-n", "2", sys.executable, "-B", HERE / "mpich_program.py", self.tmp], cwd=self.tmp, text=True,
                              capture_output=True, timeout=120, stdin=subprocess.DEVNULL,
                              env={**os.environ, "PYTHONPATH": f"{STANDIN}:{PYTHONPATH}", "PATH": "/usr/bin:/bin",
                                   "TEST_MPI_LIBRARY": library_of("_mpi_mpich")[1]})
        self.assertEqual((done.returncode, done.stdout.count("ok")), (0, 2), done.stderr)

    def test_no_other_mpi_is_loaded(self):
        mpich = os.path.realpath(library_of("_mpi_mpich")[1])
        self.assertEqual(self.run_alone(), ["42", mpich])
        self.assertEqual(self.run_alone(standin=None), ["42", os.path.realpath(library_of("_mpi")[1])])

    def test_the_other_mpi_is_loaded_too(self):
        """Its extension comes first, but the communicators are not of its MPI."""
        [answer, loaded] = self.run_alone(before=f"import ctypes; ctypes.CDLL({library_of('_mpi')[1]!r})")
        self.assertEqual((answer, len(loaded.split())), ("42", 2))

    def test_none_fits(self):
        [text, mpich] = self.run_alone(package=self.package_without("_mpi_mpich.*.so"))
        self.assertIn(f"mpi4py uses another MPI than dijitso, MPICH Version: 4.0.2 ({mpich}), and this dijitso was built for "
                      f"{library_of('_mpi')[0]}: ", text)

    def test_none_fits_open_mpi(self):
        [text, open_mpi] = self.run_alone(standin=None, package=self.package_without("_mpi.*.so"))
        self.assertRegex(text, rf"uses another MPI than dijitso, Open MPI v\S+, .* \({open_mpi}\), and this dijitso was built for libmpich\.so\.12: ")

    def test_the_name_of_the_abi(self):
        """A link of the name that our library needs makes it use MPICH, Intel MPI, ... of the ABI's name."""
        library = self.abi_library()
        [text, loaded] = self.run_alone(TEST_MPI_LIBRARY=library)
        self.assertEqual(loaded, library)
        self.assertIn(f"MPICH Version: 4.0.2 ({library}), and this dijitso was built for libmpi.so.40 and libmpich.so.12: ", text)
        os.symlink(library, self.tmp / "abi" / "libmpich.so.12")
        self.assertEqual(self.run_alone(TEST_MPI_LIBRARY=library, LD_LIBRARY_PATH=str(self.tmp / "abi")), ["42", library])

    def test_a_library_of_ours_is_missing(self):
        package = pathlib.Path(self.package_without("_mpi_mpich.*.so"))
        [extension] = pathlib.Path(PYTHONPATH, "dijitso").glob("_mpi_mpich.*.so")
        broken = extension.read_bytes().replace(b"libdijitso-mpi-mpich.so.0", b"libdijitso-mpi-nosuch.so.")
        (package / "dijitso" / extension.name).write_bytes(broken)
        self.assertRegex(self.run_alone(package=str(package))[0],
                         r"^dijitso\._mpi_mpich, which shares builds .* cannot be loaded: libdijitso-mpi-nosuch\.so\.: cannot open")

    def test_the_extensions_have_the_same_functions(self):
        script = "from dijitso import {} as m; print(*sorted(name for name in vars(m) if not name.startswith('_')))"
        self.assertEqual(*(self.run_python("-c", script.format(name)) for name in ("_mpi", "_mpi_mpich")))


if __name__ == "__main__":
    unittest.main()
