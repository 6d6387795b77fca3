"""SymPy's ufuncify and autowrap, with no compiler and no other process."""
import contextlib
import os
import subprocess
import unittest
import unittest.mock

import dijitso
import numpy
import sympy
from case import HooksTest
from sympy.abc import x, y
from sympy.utilities import autowrap


class SymPyTest(HooksTest):
    def setUp(self):
        super().setUp()
        dijitso.install("sympy")

    @contextlib.contextmanager
    def no_process(self):
        with unittest.mock.patch.object(subprocess, "Popen", side_effect=AssertionError("a process is started")):
            yield

    def test_ufuncify(self):
        with self.no_process():
            function = autowrap.ufuncify([x, y], sympy.sin(x) + y)
        self.assertTrue(numpy.allclose(function([0, 1, 2], 3.0), numpy.sin([0, 1, 2]) + 3))

    def test_autowrap(self):
        function = autowrap.autowrap(x**2 + y, args=[x, y], backend="cython")
        self.assertEqual(function(3, 1), 10)

    def test_files_are_kept_where_the_caller_wants_them(self):
        function = autowrap.autowrap(x + 1, args=[x], backend="cython", tempdir=str(self.tmp / "kept"))
        self.assertEqual(function(1), 2)
        self.assertEqual(len(list(self.tmp.glob("kept/*.so"))), 1)
        self.assertEqual(os.getcwd(), str(self.tmp))

    def test_wrong_code_raises_what_sympy_raises(self):
        class Undeclared(sympy.Function):
            def _ccode(self, printer):
                return "undeclared_thing"

        for call in (lambda: autowrap.ufuncify([x], Undeclared(x)), lambda: autowrap.autowrap(Undeclared(x), args=[x], backend="cython")):
            with self.assertRaisesRegex(autowrap.CodeWrapError, r"wrapped_code_\d+\.c:\d+:\d+: error: use of undeclared identifier 'undeclared_thing'"):
                call()

    def test_fortran_goes_the_old_way(self):
        with self.no_process(), self.assertRaisesRegex(AssertionError, "a process is started"):
            autowrap.autowrap(x + 2, args=[x], backend="f2py", language="F95")


if __name__ == "__main__":
    unittest.main()
