"""The hook for loopy, on stand-ins for it and codepy with the functions that they have."""
import importlib
import sys
import unittest

import dijitso
from case import HooksTest

TOOLCHAIN = '''
import subprocess


def call_capture_output(*args):
    done = subprocess.run(*args, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


class GCCToolchain:
    def __init__(self, cc):
        self.cc = cc

    def _cmdline(self, files, object=False):
        return [self.cc, "-std=c99", "-O3", "-fPIC", "-shared", "-DTWO=2", *files, "-lm"]


def guess_toolchain():
    result, version, error = call_capture_output(["gcc", "--version"])
    assert result == 0 and "Free Software Foundation" in version and version.split()[2].split(".")[0] == "12"
    return GCCToolchain("gcc")
'''
EXECUTION = '''
import ctypes
import tempfile

from codepy.toolchain import guess_toolchain


class CCompiler:
    source_suffix = "c"

    def __init__(self, toolchain=None):
        self.toolchain = toolchain or guess_toolchain()
        self.tempdir = tempfile.mkdtemp()

    def build(self, name, code, debug=False, wait_on_error=None, debug_recompile=True):
        raise AssertionError("codepy starts a compiler")
'''


class LoopyTest(HooksTest):
    def setUp(self):
        super().setUp()
        self.write("codepy/__init__.py", "class CompileError(Exception):\n    pass\n")
        self.write("codepy/toolchain.py", TOOLCHAIN)
        for package in ("loopy", "loopy/target", "loopy/target/c"):
            self.write(f"{package}/__init__.py", "")
        self.write("loopy/target/c/c_execution.py", EXECUTION)
        for name in [name for name in sys.modules if name.split(".")[0] in ("loopy", "codepy")]:
            del sys.modules[name]
        importlib.invalidate_caches()
        dijitso.install("loopy")
        from loopy.target.c.c_execution import CCompiler
        self.compiler = CCompiler()

    def test_kernels(self):
        for number in (1, 2):
            code = f"#include <math.h>\nint kernel(int x) {{ return TWO * x + {number}; }}\n"
            self.assertEqual(self.compiler.build("kernel", code).kernel(5), 10 + number)
            self.assertEqual(self.compiles(lambda: self.compiler.build("kernel", code)), 0)

    def test_wrong_code_raises_what_codepy_raises(self):
        from codepy import CompileError
        with self.assertRaisesRegex(CompileError, r"code\.c:1:\d+: error: use of undeclared identifier 'x'"):
            self.compiler.build("kernel", "int kernel(void) { return x; }\n")

    def test_what_is_not_c_goes_the_old_way(self):
        self.compiler.source_suffix = "cl"
        with self.assertRaisesRegex(AssertionError, "codepy starts a compiler"):
            self.compiler.build("kernel", "")


if __name__ == "__main__":
    unittest.main()
