"""Reading of .pc files: the same flags as those of pkg-config."""
import subprocess
import unittest

from case import HooksTest
from dijitso.errors import InvalidArgument
from dijitso.hooks import _packages

OURS = """# a comment
prefix=/opt/ours
includedir=${prefix}/include

Name: ours
Description: of these tests
Version: 1.0
Requires: other >= 0.5, third
Cflags: -I${includedir} -DNAME="a b"  # more
Libs: -L${prefix}/lib \\
  -lours
Libs.private: -lm
"""
SIMPLE = "Name: {0}\nDescription: {0}\nVersion: 1\nCflags: -I${{pcfiledir}}/{0}\nLibs: -l{0}\n"


class PackagesTest(HooksTest):
    def setUp(self):
        super().setUp()
        self.write("pc/ours.pc", OURS)
        for name in ("other", "third"):
            self.write(f"pc/{name}.pc", SIMPLE.format(name))
        self.set_environment(PKG_CONFIG_PATH=f":{self.tmp / 'nowhere'}:{self.tmp / 'pc'}")

    def test_variables_requirements_and_comments(self):
        pc = self.tmp / "pc"
        self.assertEqual(_packages.flags("ours"), ["-I/opt/ours/include", "-DNAME=a b", f"-I{pc}/other", f"-I{pc}/third",
                                                   "-L/opt/ours/lib", "-lours", "-lother", "-lthird"])

    def test_the_same_as_pkg_config(self):
        self.set_environment(PATH="/usr/bin:/bin")
        for name in ("ours", "ompi-c"):
            expected = subprocess.run(["pkg-config", "--cflags", "--libs", name], capture_output=True, text=True, check=True).stdout
            ours = _packages.flags(name)
            theirs = expected.replace(r"a\ b", "a_b").split()
            in_system = ("-I/usr/include", "-L/usr/lib/x86_64-linux-gnu/openmpi/lib")  # pkg-config leaves out what it thinks is known
            self.assertEqual([flag.replace("a b", "a_b") for flag in ours if flag not in in_system],
                             [flag for flag in theirs if flag not in in_system])

    def test_mpi(self):
        self.assertIn("-lmpi", _packages.mpi_flags())
        self.write("pc/mpi-c.pc", SIMPLE.format("another-mpi"))
        self.assertIn("-lanother-mpi", _packages.mpi_flags())

    def test_what_is_missing_is_named_with_the_place_where_it_was_looked_for(self):
        with self.assertRaisesRegex(InvalidArgument, f"no package 'nothing': nothing.pc is in none of .*{self.tmp}/pc.*PKG_CONFIG_PATH"):
            _packages.flags("nothing")
        (self.tmp / "pc/third.pc").unlink()
        with self.assertRaisesRegex(InvalidArgument, "no package 'third', which 'ours' requires"):
            _packages.flags("ours")
        self.write("pc/third.pc", "Libs: ${nothing}\n")
        with self.assertRaisesRegex(InvalidArgument, "third.pc uses the variable 'nothing', which it does not define"):
            _packages.flags("ours")
        self.write("pc/third.pc", "a=${b}\nb=${a}\nLibs: ${a}\n")
        with self.assertRaisesRegex(InvalidArgument, "third.pc uses the variable"):
            _packages.flags("ours")

    def test_packages_that_require_each_other(self):
        self.write("pc/other.pc", "Requires: ours\nLibs: -lother\n")
        self.assertIn("-lother", _packages.flags("ours"))


if __name__ == "__main__":
    unittest.main()
