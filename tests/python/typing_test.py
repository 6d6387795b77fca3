"""The package is typed, completely, and every public function has a docstring and annotations."""
import importlib
import inspect
import pathlib
import shutil
import subprocess
import sys
import unittest

import dijitso
from package import PackageTest

PACKAGE = pathlib.Path(dijitso.__file__).parent
MODULES = sorted(path.stem for path in PACKAGE.glob("*.py"))


def mypy(*args):
    program = shutil.which("mypy", path="/usr/bin")
    assert program, "mypy is not installed"
    return subprocess.run([program, "--strict", "--python-executable", sys.executable, *args], capture_output=True, text=True)


class TypingTest(PackageTest):
    def test_strict(self):
        done = mypy("--cache-dir", str(self.tmp / "mypy"), *map(str, [*PACKAGE.glob("*.py*"), *PACKAGE.glob("ffcx/*.py"), *PACKAGE.glob("hooks/*.py")]))
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_callers_are_checked(self):
        self.assertTrue((PACKAGE / "py.typed").is_file())
        for line, is_right in (("x: str | None = dijitso.cache.read_inc('m', {})", True),
                               ("x: str = dijitso.cache.read_inc('m', {})", False),
                               ("dijitso.jit(None, 3, {})", False),
                               ("lib, signature = dijitso.mpi.jit(MPI.COMM_WORLD, None, 'm', {}, build_on='node')", True),
                               ("dijitso.mpi.jit(MPI.COMM_WORLD, None, 'm', {}, build_on='nodes')", False),
                               ("dijitso.mpi.jit(3, None, 'm', {})", False),
                               ("lib, signature = dijitso.jit(None, 'm', {}, lambda j, n, s, g: ('', '', ()))", True)):
            program = self.tmp / "program.py"
            program.write_text("import dijitso\nfrom mpi4py import MPI\n" + line + "\n")
            self.set_environment(MYPYPATH=str(PACKAGE.parent))
            done = mypy("--cache-dir", str(self.tmp / "mypy"), str(program))
            self.assertEqual(done.returncode == 0, is_right, line + "\n" + done.stdout)

    def test_docstrings_and_annotations(self):
        count = 0
        for name in MODULES:
            module = importlib.import_module("dijitso" if name == "__init__" else "dijitso." + name)
            self.assertTrue(module.__doc__, name)
            for attribute, value in vars(module).items():
                if attribute.startswith("_") or getattr(value, "__module__", None) != module.__name__:
                    continue
                if inspect.isclass(value):
                    self.assertTrue(value.__doc__, attribute)
                if inspect.isfunction(value):
                    count += 1
                    where = f"{name}.{attribute}"
                    self.assertTrue(value.__doc__, where)
                    signature = inspect.signature(value)
                    self.assertIsNot(signature.return_annotation, signature.empty, where)
                    for parameter in signature.parameters.values():
                        self.assertIsNot(parameter.annotation, parameter.empty, where)
        self.assertGreaterEqual(count, 111)

    def test_the_stub_tells_what_the_extension_has(self):
        self.assert_stub_is_right(dijitso._dijitso)


if __name__ == "__main__":
    unittest.main()
