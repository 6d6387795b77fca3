"""`python -m dijitso.ffcx PROG.py`: what the program sees. Whole programs of DOLFINx are run in tests/programs."""
import unittest

from case import FFCxTest

IN_PROCESS = ("-m", "dijitso.ffcx")


class RunnerTest(FFCxTest):
    def run_it(self, *args, code=0):
        return self.finish(self.start(*IN_PROCESS, *args), code)

    def test_the_program_sees_itself_as_python_shows_it(self):
        program = self.tmp / "folder" / "program.py"
        program.parent.mkdir()
        (program.parent / "beside.py").write_text("name = 'beside'\n")
        program.write_text("import sys, beside, ffcx.codegeneration.jit as jit\n"
                           "print(__name__, __file__, sys.argv, beside.name, jit.compile_forms.__wrapped__.__name__)\nsys.exit(3)\n")
        self.assertEqual(self.run_it(program, "-x", "y", code=3),
                         f"__main__ {program} {[str(program), '-x', 'y']} beside compile_forms\n")

    def test_an_exception_of_the_program_is_shown(self):
        program = self.tmp / "program.py"
        program.write_text("raise ValueError('of the program')\n")
        self.run_it(program, code=1)
        self.assertIn("ValueError: of the program", self.stderr)

    def test_usage(self):
        self.assertIn("usage: python -m dijitso.ffcx PROG.py", self.run_it("--help"))
        self.run_it(code=2)
        self.assertIn("usage:", self.stderr)
        self.run_it("no_such.py", code=1)
        self.assertIn("no program 'no_such.py'", self.stderr)


if __name__ == "__main__":
    unittest.main()
