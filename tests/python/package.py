"""What the suites in this folder share: each test has a directory, a cache and an environment of its own."""
import ast
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import dijitso

PYTHONPATH = str(pathlib.Path(dijitso.__file__).resolve().parent.parent)
ANSWER = 'extern "C" int answer() { return 42; }'


def gives(source, header="", dependencies=()):
    """A generate that always returns this."""
    return lambda jitable, name, signature, generator: (header, source, dependencies)


def never(*args):
    """A generate that must not be called."""
    raise AssertionError("generate was called: the module should have been in the cache")


class PackageTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="dijitso-python-")
        self.addCleanup(temporary.cleanup)
        self.addCleanup(dijitso._dijitso.wait_for_background)  # before its cache goes
        self.tmp = pathlib.Path(temporary.name)
        self.cache = self.tmp / "cache"
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(self.tmp)
        self.set_environment(DIJITSO_CACHE_DIR=str(self.cache), HOME=str(self.tmp), PATH="/nonexistent", CXX=None)
        self.params = dijitso.validate_params({})

    def set_environment(self, **variables):
        """Sets variables, or removes those that are None, for the rest of the test."""
        for name, value in variables.items():
            self.addCleanup(self._set_variable, name, os.environ.get(name))
            self._set_variable(name, value)

    @staticmethod
    def _set_variable(name, value):
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value

    def assert_stub_is_right(self, extension):
        stub = ast.parse(pathlib.Path(extension.__file__).with_name(extension.__name__.split(".")[-1] + ".pyi").read_text())
        declared = {node.name for node in stub.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
        self.assertEqual(declared, {name for name in vars(extension) if not name.startswith("_")})

    def jit(self, name, source=ANSWER, params=None, **more):
        """The library of a module."""
        return dijitso.jit(None, name, params or self.params, generate=gives(source, **more))[0]

    def counted(self, call):
        """What `call` returns, and by how much it raised each counter of the library."""
        before = dijitso._dijitso.counters()
        result = call()
        after = dijitso._dijitso.counters()
        return result, {name: after[name] - before[name] for name in after if after[name] != before[name]}

    def run_python(self, *args, prefix=(), code=0, **environment):
        """Standard output of another Python with the package, which must end with `code`."""
        done = subprocess.run([*prefix, sys.executable, "-B", *map(str, args)], cwd=self.tmp, text=True, capture_output=True,
                              env={**os.environ, "PYTHONPATH": PYTHONPATH, **environment}, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.stderr = done.stderr
        return done.stdout
