"""dolfin_test.py BUNDLE PROGRAMS_DIR: a program of DOLFIN on a node with the run-time files of Debian's python3, FFC and DOLFIN, without compiler
and without any header but those in header packs."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import node

HOME = "/opt/dijitso"
PYTHON = pathlib.Path("/usr/bin/python3").resolve()


# What the program prints when g++ compiles for it.
POISSON = {"norm": 0.3818172121150893, "energy": 0.32430806086829067, "boundary": 1.2693512093734314, "largest": 0.5443552548925508}
# Of Boost, which is large, what DOLFIN's headers include.
BOOST = ["assert", "concept", "config", "container_hash", "core", "detail", "exception", "functional", "integer", "iterator", "move", "mpl",
         "optional", "preprocessor", "ptr_container", "range", "smart_ptr", "type_index", "type_traits", "utility", "variant"]


def include_dirs_of_dolfin():
    """Those that DOLFIN compiles with, as pack-headers takes them; of /usr/include what it needs alone."""
    listing = subprocess.run(["pkg-config", "--cflags-only-I", "--keep-system-cflags", "dolfin"], check=True, capture_output=True, text=True)
    for name in dict.fromkeys(re.findall("-I(\\S+)", listing.stdout)):
        if name == "/usr/include":
            files = [path.name for path in pathlib.Path(name, "boost").glob("*.hpp")]
            name += ":" + ",".join(["dolfin", "dolfin.h", *(f"boost/{part}" for part in BOOST + files)])
        yield name


class DolfinTest(unittest.TestCase):
    def setUp(self):
        tmp = tempfile.TemporaryDirectory()
        self.addCleanup(tmp.cleanup)
        self.tmp = pathlib.Path(tmp.name)
        self.node = node.Node(self.tmp / "node")
        libraries = next(path for path in node.needed_by("/bin/true") if path.name == "libc.so.6").parent
        for directory in f"/usr/lib/{libraries.name}", f"/usr/lib/{PYTHON.name}", "/usr/lib/petscdir", "/usr/lib/slepcdir":
            self.node.mount_without_headers(directory)
        self.node.mount_without_headers("/usr/lib/python3", keep="ufc*.h")  # which FFC itself reads
        (self.node.root / "usr" / "lib").mkdir(parents=True)
        for link in "petsc", "slepc":
            (self.node.root / "usr" / "lib" / link).symlink_to(os.readlink(f"/usr/lib/{link}"))
        for path in "/etc/alternatives", "/etc/openmpi", "/usr/share/openmpi", "/usr/share/pkgconfig":
            self.node.mount(path, path)
        for program in PYTHON, pathlib.Path("/usr/bin/pkg-config"):
            self.node.copy(program)
        self.node.mount(BUNDLE, HOME)
        self.node.mount(PROGRAMS, "/programs")

        subprocess.run([BUNDLE / "bin" / "dijitso-cache", "pack-headers", "-o", self.tmp / "dolfin.pack",
                        *(word for name in include_dirs_of_dolfin() for word in ("--include-dir", name))], check=True, capture_output=True)
        self.node.copy(self.tmp / "dolfin.pack", "/dolfin.pack")

    def run_program(self, name):
        done = self.node.run(PYTHON, "-B", f"/programs/{name}.py", env={
            "PATH": "/usr/bin", "HOME": "/tmp", "PYTHONPATH": f"{HOME}/lib/python3/dist-packages", "DIJITSO_CACHE_DIR": "/cache/dijitso",
            "DIJITSO_BUILD_HEADER_PACKS": "default /dolfin.pack", "OMP_NUM_THREADS": "1",
            "OMPI_MCA_ess_singleton_isolated": "1", "OMPI_MCA_btl_vader_single_copy_mechanism": "none"})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return json.loads(done.stdout.splitlines()[-1])

    def test_on_a_machine_with_headers(self):
        """The default pack has the system's headers; DOLFIN's, Eigen's, Boost's are those of the machine."""
        done = subprocess.run([PYTHON, "-B", PROGRAMS / "poisson.py"], capture_output=True, text=True, timeout=200, env={
            **os.environ, "PYTHONPATH": str(BUNDLE / "lib/python3/dist-packages"), "DIJITSO_CACHE_DIR": str(self.tmp / "cache"),
            "OMPI_MCA_ess_singleton_isolated": "1"})
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assert_poisson(json.loads(done.stdout.splitlines()[-1]))
        (module, *_) = [path.name.rsplit(".", 2)[0] for path in (self.tmp / "cache/obj").glob("dolfin_expression*")]
        shown = subprocess.run([BUNDLE / "bin" / "dijitso-cache", "--cache-dir", self.tmp / "cache", "inspect", module, "--json"], check=True,
                               capture_output=True, text=True).stdout
        self.assertIn("/usr/include/dolfin/", shown)
        self.assertNotIn("/usr/include/stdio.h", shown)

    def assert_poisson(self, numbers):
        self.assertEqual(set(numbers), set(POISSON))
        for name, value in POISSON.items():
            self.assertAlmostEqual(numbers[name], value, places=10)

    def test_there_is_no_compiler_and_no_header(self):
        found = self.node.run(PYTHON, "-c", "import os, shutil; print(shutil.which('g++'), shutil.which('cc'), os.path.exists('/usr/include'),"
                              "[name for where, _, names in os.walk('/usr') for name in names if name.endswith('.h') and name[:3] != 'ufc'])")
        self.assertEqual(found.stdout, "None None False []\n", found.stderr)

    def test_poisson(self):
        """Its data are C++ strings, which DOLFIN compiles with its own headers, Eigen's, PETSc's, MPI's and those of Boost."""
        numbers = self.run_program("poisson")
        modules = sorted(path.name for path in (self.node.root / "cache/dijitso/obj").iterdir())
        self.assertTrue(any(name.startswith("dolfin_expression") for name in modules), modules)
        self.assertEqual(self.run_program("poisson"), numbers)
        self.assertEqual(sorted(path.name for path in (self.node.root / "cache/dijitso/obj").iterdir()), modules)
        self.assert_poisson(numbers)


if __name__ == "__main__":
    BUNDLE, PROGRAMS = map(pathlib.Path, sys.argv[1:3])
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
