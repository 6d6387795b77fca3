"""Cython.inline and pyximport, unmodified, with no compiler."""
import unittest

from case import HooksTest


class CythonTest(HooksTest):
    def run_it(self, code):
        return self.run_python("-W", "ignore", "-m", "dijitso.run", "--hooks=setuptools", "-c", code).splitlines()[-1]

    def test_inline(self):
        code = "import Cython, dijitso; print(Cython.inline('return a * b + 1', a=3, b=4), dijitso._dijitso.counters()['compiles'])"
        self.assertEqual(self.run_it(code), "13 2")
        self.assertEqual(self.run_it(code), "13 0")

    def test_pyximport(self):
        self.write("pyx_of_ours.pyx", "# cython: language_level=3\ndef half(double x):\n    return x / 2\n")
        code = "import pyximport; pyximport.install(); import pyx_of_ours; print(pyx_of_ours.half(3))"
        self.assertEqual(self.run_it(code), "1.5")
        self.assertEqual(self.run_it(code), "1.5")

    def test_wrong_code_raises_what_cython_raises(self):
        wrong = 'cdef extern from *:\n    """\n    static int wrong(void) { return undeclared; }\n    """\n    int wrong()\n'
        self.write("wrong_pyx.pyx", wrong)
        program = self.write("program.py", "import Cython, pyximport\nfrom distutils.errors import CompileError\npyximport.install()\n"
                             f"def inline(): Cython.inline({wrong + 'return wrong()'!r})\ndef pyx(): import wrong_pyx\n"
                             "for call, kind in ((inline, CompileError), (pyx, ImportError)):\n    try: call()\n    except kind as error: print(error)\n")
        output = self.run_python("-W", "ignore", "-m", "dijitso.run", "--hooks=setuptools", program)
        message = r"%s\.c:\d+:37: error: use of undeclared identifier 'undeclared'"
        self.assertRegex(output, message % r"_cython_inline_\w+")
        self.assertRegex(output, "Building module wrong_pyx failed: .*" + message % "wrong_pyx")


if __name__ == "__main__":
    unittest.main()
