"""Objects for another kind of machine, from Python: built, put into the cache, looked into, and not run."""
import os
import re
import subprocess
import sys
import unittest

import dijitso
from dijitso.errors import InvalidArgument, LinkFailed
from package import PackageTest

CACHE_COMMAND = sys.argv.pop()
TRIPLE, MACHINE, JUMP = ("x86_64-linux-gnu", "X86-64", "jmp") if os.uname().machine == "aarch64" else ("aarch64-linux-gnu", "AArch64", "b ")
SOURCE = """#include <cmath>
#include <stdexcept>
extern double table[];
double far_away(double);
extern "C" double value(double x) { if (x < 0) throw std::out_of_range("x"); return std::sin(table[1]); }
extern "C" double call(double x) { return far_away(x); }
"""
FORM = """
from ufl import FiniteElement, TestFunction, TrialFunction, dx, grad, inner, triangle
import ffc
element = FiniteElement("Lagrange", triangle, 2)
ffc.jit(inner(grad(TrialFunction(element)), grad(TestFunction(element))) * dx)
"""


class ForeignTest(PackageTest):
    def setUp(self):
        super().setUp()
        self.params = {"build": {"target_triple": TRIPLE}}

    def tool(self, *arguments):
        return subprocess.run([CACHE_COMMAND, *arguments], capture_output=True, text=True, check=True).stdout

    def test_the_object_is_one_for_that_machine(self):
        file = dijitso.build.build_object("m", "", SOURCE, (), self.params)
        header = subprocess.run(["/usr/bin/readelf", "-hrsW", file], capture_output=True, text=True, check=True).stdout
        self.assertRegex(header, r"Type: +REL")
        self.assertRegex(header, r"Machine: .*" + MACHINE)
        self.assertRegex(header, r"FUNC +GLOBAL +DEFAULT +\d+ value")
        self.assertRegex(header, r"NOTYPE +GLOBAL +DEFAULT +UND sin")
        if MACHINE == "AArch64":
            self.assertIn("R_AARCH64_ADR_GOT_PAGE", header)  # of `table`, wherever it may be
            self.assertIn("R_AARCH64_JUMP26", header)

    def test_the_tools_look_into_it(self):
        dijitso.build.build_object("m", "", SOURCE, (), self.params)
        inspected = self.tool("inspect", "m")
        self.assertRegex(inspected, r"format +elf64-" + ("littleaarch64" if MACHINE == "AArch64" else "x86-64"))
        self.assertRegex(inspected, r"target +" + TRIPLE + r"\n")
        self.assertIn("function  value", inspected)
        self.assertIn("std::out_of_range", inspected)
        self.assertRegex(self.tool("symbols", "far_away"), r"m")
        self.assertRegex(self.tool("disasm", "m", "--function", "call"), re.escape(JUMP) + r".*# far_away\(double\)")
        self.assertEqual(self.tool("verify").strip().count("\n"), 0)

    def test_jit_puts_it_into_the_cache(self):
        for _ in range(2):
            with self.assertRaisesRegex(LinkFailed, f"'m' was compiled for {TRIPLE}"):
                dijitso.jit(None, "m", self.params, lambda *arguments: ("", SOURCE, ()))
        self.assertRegex(self.tool("show", "--signatures"), "m")

    def test_real_forms_by_the_environment(self):
        environment = dict(os.environ, DIJITSO_BUILD_TARGET_TRIPLE=TRIPLE)
        done = subprocess.run([sys.executable, "-c", FORM], capture_output=True, text=True, env=environment)
        self.assertRegex(done.stderr, r"LinkFailed: module 'ffc_form_.* was compiled for " + TRIPLE)
        names = {line.split(".")[0] for line in os.listdir(os.path.join(os.environ["DIJITSO_CACHE_DIR"], "obj"))}
        self.assertTrue({name.split("_")[1] for name in names} >= {"form"}, names)
        for name in names:
            self.assertRegex(self.tool("inspect", name), r"target +" + TRIPLE + r"\n")

    def test_errors(self):
        with self.assertRaisesRegex(InvalidArgument, "build.target_triple 'nonsense'"):
            dijitso.build.build_object("m", "", "", (), {"build": {"target_triple": "nonsense"}})
        with self.assertRaisesRegex(InvalidArgument, "build.target_cpu 'native'"):
            dijitso.build.build_object("m", "", "", (), {"build": {"target_triple": TRIPLE, "target_cpu": "native"}})
        with self.assertRaisesRegex(InvalidArgument, "build_object"):
            dijitso.build.build_shared_library("m", "", "", (), self.params)


if __name__ == "__main__":
    unittest.main()
