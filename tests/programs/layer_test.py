"""Headers that `dijitso-cache precompile --layer` made before: the first DOLFIN and FFC programs of a user make none, and every module uses them."""
import json
import pathlib
import subprocess
import tempfile

import programs

# Runs a program, then prints how many modules were compiled, and how many of those used precompiled headers.
COUNTED = """
import json, runpy, sys
from dijitso._dijitso import counters
runpy.run_path(sys.argv[1], run_name="__main__")
print(json.dumps({name: counters()[name] for name in ("compiles", "precompiled")}))
"""

FFC = """
import ffc
from ufl import *
element = FiniteElement("Lagrange", triangle, 2)
ffc.jit(inner(grad(TrialFunction(element)), grad(TestFunction(element))) * dx)
"""


class Layer(programs.ProgramsTest):
    @classmethod
    def setUpClass(cls):
        """The libraries as if installed in a directory of their own, and in it what `precompile` makes."""
        super().setUpClass()
        tool = pathlib.Path(programs.ARGUMENTS[0]).resolve()
        folder = tempfile.TemporaryDirectory(prefix="dijitso-layer-")
        cls.addClassCleanup(folder.cleanup)
        cls.lib = pathlib.Path(folder.name) / "lib"
        cls.lib.mkdir()
        for library in (tool.parents[1] / "lib").glob("libdijitso*.so*"):
            (cls.lib / library.name).symlink_to(library)
        done = subprocess.run([tool, "precompile", "--for", "dolfin", "--layer", "--json"], capture_output=True, text=True,
                              env={"HOME": folder.name, "LD_LIBRARY_PATH": str(cls.lib)}, timeout=programs.TIMEOUT)
        assert done.returncode == 0, done.stderr
        cls.made = json.loads(done.stdout)["headers"]
        cls.layer = cls.lib / "dijitso" / "cache" / "pch"

    def counted(self, program):
        env = {**programs.our_environment("dolfin", self.root), "LD_LIBRARY_PATH": str(self.lib)}
        done = subprocess.run([programs.PYTHON, "-c", COUNTED, str(program)], env=env, cwd=env["HOME"], capture_output=True, text=True,
                              timeout=programs.TIMEOUT)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout.splitlines()[-1])

    def assert_uses_the_layer(self, program):
        before = sorted(self.layer.iterdir())
        counts = self.counted(program)
        self.assertGreater(counts["compiles"], 1)
        self.assertEqual(counts["precompiled"], counts["compiles"])
        own = self.root / programs.CACHES["dolfin"] / "pch"
        self.assertEqual(list(own.iterdir()) if own.exists() else [], [])
        self.assertEqual(sorted(self.layer.iterdir()), before)

    def test_what_is_made(self):
        self.assertEqual([(one["what"], one["state"]) for one in self.made],
                         [("FFC", "made"), ("FFC, forms of DOLFIN", "made"), ("Expression of DOLFIN", "made"), ("SubDomain of DOLFIN", "made")])
        self.assertEqual(len(list(self.layer.iterdir())), 4)

    def test_dolfin(self):
        for name in ("poisson", "cpp_subdomains"):
            with self.subTest(program=name):
                self.assert_uses_the_layer(programs.program_path("dolfin", name))

    def test_ffc_alone(self):
        program = self.root / "form.py"
        program.write_text(FFC)
        self.assert_uses_the_layer(program)


if __name__ == "__main__":
    programs.main(arguments=1)
