"""dolfin_test.py BUNDLE PROGRAMS_DIR: a program of DOLFIN on a node with the run-time files of Debian's python3, FFC and DOLFIN, without compiler
and without any header but those in header packs."""
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


def include_dirs_of_dolfin():
    """Those that DOLFIN compiles with; of /usr/include what it needs alone."""
    listing = subprocess.run(["pkg-config", "--cflags-only-I", "--keep-system-cflags", "dolfin"], check=True, capture_output=True, text=True)
    for name in dict.fromkeys(re.findall("-I(\\S+)", listing.stdout)):
        yield name + ":dolfin,dolfin.h,boost" if name == "/usr/include" else name


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

    def python(self, *arguments, **env):
        return self.node.run(PYTHON, "-B", *arguments, env={
            "PATH": "/usr/bin", "HOME": "/tmp", "PYTHONPATH": f"{HOME}/lib/python3/dist-packages", "DIJITSO_CACHE_DIR": "/cache/dijitso",
            "OMPI_MCA_ess_singleton_isolated": "1", "OMPI_MCA_btl_vader_single_copy_mechanism": "none", **env})

    def test_import(self):
        done = self.python("-c", "import dolfin, dijitso; print(dijitso.__file__)")
        print(done.stdout[-600:], done.stderr[-1500:])


if __name__ == "__main__":
    BUNDLE, PROGRAMS = map(pathlib.Path, sys.argv[1:3])
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
