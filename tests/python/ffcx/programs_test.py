"""Programs of DOLFINx, unchanged: with FFCx's C compiler, and with dijitso where no compiler can be reached."""
import json
import pathlib
import re
import shutil
import sys
import unittest

from case import HERE, FFCxTest

BUILDS = {"float64": "real", "complex128": "complex"}
IN_PROCESS = ("-m", "dijitso.ffcx")


def petsc_dir(scalar):
    """Where Debian has the PETSc, and with it the DOLFINx, of this scalar type."""
    [directory] = pathlib.Path("/usr/lib/petscdir").glob(f"petsc[0-9]*/*-linux-gnu-{BUILDS[scalar]}")
    return str(directory)


class ProgramsTest(FFCxTest):
    def environment_of(self, scalar, cache):
        """Open MPI looks for ssh in PATH, and does not run for root unasked."""
        return {"PETSC_DIR": petsc_dir(scalar), "XDG_CACHE_HOME": str(self.tmp / cache),
                "OMPI_MCA_plm_rsh_agent": "/bin/false", "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}

    def run_program(self, name, scalar, *, with_compiler=False, prefix=()):
        """What every process of the program reports."""
        with_path = {"PATH": "/usr/bin:/bin", "CC": "gcc"} if with_compiler else {}
        how, cache = ((), "stock") if with_compiler else (IN_PROCESS, "ours")
        process = self.start(*how, HERE / "programs" / f"{name}.py", prefix=prefix, **self.environment_of(scalar, cache), **with_path)
        return [json.loads(line) for line in self.finish(process).splitlines() if line.startswith("{")]

    def assert_same_numbers(self, ours, theirs):
        self.assertEqual(ours.keys(), theirs.keys())
        for name in ours:
            for mine, other in zip(ours[name], theirs[name]):
                self.assertLessEqual(abs(mine - other), 1e-10 * max(map(abs, theirs[name])), f"{name}: {ours} {theirs}")

    def check(self, name, scalar="float64"):
        [stock] = self.run_program(name, scalar, with_compiler=True)
        log = self.tmp / "strace"
        [cold] = self.run_program(name, scalar, prefix=(shutil.which("strace"), "-f", "-qq", "-e", "trace=execve", "-o", log))
        self.assertEqual((stock["scalar"], cold["scalar"]), (scalar, scalar))
        self.assert_same_numbers(cold["numbers"], stock["numbers"])
        self.assertGreaterEqual(cold["counters"]["compiles"], 3)
        [warm] = self.run_program(name, scalar)
        self.assertEqual(warm["numbers"], cold["numbers"])
        self.assertEqual(warm["counters"]["compiles"], 0)
        self.assertGreaterEqual(warm["counters"]["disk_hits"], 3)
        # Open MPI starts its daemon, once a run; nothing else is started.
        started = set(re.findall(r'execve\("([^"]*)"', log.read_text())) - {sys.executable}
        self.assertLessEqual({pathlib.Path(program).name for program in started}, {"orted"})

    def test_poisson(self):
        self.check("poisson")

    def test_elasticity(self):
        self.check("elasticity")

    def test_stokes(self):
        self.check("stokes")

    def test_nonlinear(self):
        self.check("nonlinear")

    def test_helmholtz(self):
        self.check("helmholtz")

    def test_expressions(self):
        self.check("expressions")

    def test_discontinuous_galerkin(self):
        self.check("discontinuous")

    def test_heat(self):
        self.check("heat")

    def test_complex_poisson(self):
        self.check("poisson", "complex128")

    def test_complex_helmholtz(self):
        self.check("helmholtz", "complex128")

    def test_complex_expressions(self):
        self.check("expressions", "complex128")

    def test_one_process_of_three_compiles(self):
        [alone] = self.run_program("poisson", "float64", with_compiler=True)
        mpirun = (shutil.which("mpirun"), "--oversubscribe", "-n", "3")
        together = self.run_program("poisson", "float64", prefix=mpirun)
        self.assertEqual(len(together), 3)
        for rank in together:
            self.assert_same_numbers(rank["numbers"], alone["numbers"])
        compiles = [rank["counters"]["compiles"] for rank in together]
        self.assertGreaterEqual(compiles[0], 3)
        self.assertEqual(compiles[1:], [0, 0])


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
