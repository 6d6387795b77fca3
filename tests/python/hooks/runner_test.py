"""`python -m dijitso.run`, and the file dijitso.pth, which Python reads when it starts."""
import pathlib
import py_compile
import unittest
import zipfile

from case import HooksTest
from package import PYTHONPATH

SHOW = "import sys, dijitso.hooks._mechanism as m; print(__name__, sys.argv, sys.path[0], sorted(m._installed), flush=True)"
# As site does for each folder of packages.
START = f"import site; site.addsitedir({PYTHONPATH!r}); import sys; print(*sorted(name for name in sys.modules if 'dijitso' in name))"


class RunnerTest(HooksTest):
    def run_it(self, *args, code=0):
        return self.run_python("-m", "dijitso.run", *args, code=code)

    def test_a_program_a_module_and_code_see_themselves_as_python_shows_it(self):
        self.write("folder/program.py", SHOW + "\nsys.exit(3)\n")
        program = str(self.tmp / "folder/program.py")
        self.assertEqual(self.run_it("--hooks=cffi,ffcx", program, "-x", code=3),
                         f"__main__ {[program, '-x']} {self.tmp / 'folder'} ['cffi', 'ffcx']\n")
        self.write("module_of_ours.py", SHOW + "\n")
        self.assertEqual(self.run_it("--hooks=cffi", "-m", "module_of_ours", "y"),
                         f"__main__ {[str(self.tmp / 'module_of_ours.py'), 'y']} {self.tmp} ['cffi']\n")
        self.assertEqual(self.run_it("--hooks=cffi", "-c", SHOW, "z"), "__main__ ['-c', 'z']  ['cffi']\n")
        self.assertEqual(self.run_it("-c", "import pickle\ndef f(): pass\nprint(pickle.loads(pickle.dumps(f)) is f)"), "True\n")

    def test_a_program_runs_as_python_runs_it(self):
        self.write("program.py", "class A:\n  b: undefined\n")
        self.run_it("program.py", code=1)
        self.assertIn(', line 2, in A\n    b: undefined\n', self.stderr)  # no `from __future__ import annotations` of ours
        self.write("program.py", "import sys; print(__file__, vars(sys.modules['__main__']) is globals(), {'pkgutil', 'typing', 're'} & {*sys.modules})")
        self.assertEqual(self.run_python("-S", "-m", "dijitso.run", "--hooks=pyop2", "program.py"), "program.py True set()\n")

    def test_a_program_may_be_compiled_or_an_archive(self):
        compiled = py_compile.compile(str(self.write("program.py", SHOW)), str(self.tmp / "program.pyc"))
        self.assertEqual(self.run_it("--hooks=cffi", compiled), f"__main__ {[compiled]} {self.tmp} ['cffi']\n")
        with zipfile.ZipFile(self.tmp / "program.pyz", "w") as archive:
            archive.writestr("__main__.py", SHOW)
        self.assertTrue(self.run_it("--hooks=cffi", "program.pyz").startswith("__main__ ['program.pyz'] program.pyz ['cffi']"))

    def test_without_names_all_are_installed_and_passed_on(self):
        output = self.run_it("-c", SHOW + "; import os; print(os.environ['DIJITSO_INSTALL'])")
        self.assertIn("'cffi', 'ffcx'", output)
        self.assertTrue(output.endswith("\nall\n"))

    def test_usage(self):
        self.assertIn("usage: python -m dijitso.run", self.run_it("--help"))
        for args in ((), ("-m",), ("--hooks=cffi",), ("-z", "x")):
            self.run_it(*args, code=2)
            self.assertIn("usage:", self.stderr)
        self.run_it("no_such.py", code=1)
        self.assertEqual(self.stderr, "dijitso.run: there is no program 'no_such.py'\n")
        self.run_it("--hooks=nothing", "-c", "1", code=1)
        self.assertIn("dijitso.run: there is no hook 'nothing': dijitso knows cffi,", self.stderr)


class StartTest(HooksTest):
    def test_without_the_variable_nothing_is_imported(self):
        self.assertTrue((pathlib.Path(PYTHONPATH) / "dijitso.pth").is_file())
        self.assertEqual(self.run_python("-c", START), "\n")
        self.assertEqual(self.run_python("-c", START, DIJITSO_INSTALL=""), "\n")

    def test_the_variable_names_hooks(self):
        show = START.rpartition("import sys")[0] + SHOW
        self.assertIn("['cffi', 'ffcx']", self.run_python("-c", show, DIJITSO_INSTALL="cffi, ffcx"))
        self.assertEqual(self.stderr, "")
        self.assertIn("'cffi', 'ffcx'", self.run_python("-c", show, DIJITSO_INSTALL="all"))
        self.assertIn("[]", self.run_python("-c", show, DIJITSO_INSTALL=","))

    def test_an_unknown_name_is_shown_and_stops_nothing(self):
        self.run_python("-c", START, DIJITSO_INSTALL="cffi,nothing")
        self.assertRegex(self.stderr, "^dijitso: DIJITSO_INSTALL has no effect: there is no hook 'nothing': dijitso knows cffi, [^\n]*\n$")


if __name__ == "__main__":
    unittest.main()
