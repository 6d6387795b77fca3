"""What the suites in this folder share: each test has a directory, a cache and an FFCx of its own."""
import logging
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import dijitso
import dijitso.ffcx
import ffcx.codegeneration.jit

HERE = pathlib.Path(__file__).parent
# No compiler can be reached.
NO_COMPILER = {"PATH": "/nonexistent", "CC": "/bin/false", "CXX": "/bin/false"}


class FFCxTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="dijitso-ffcx-test-")
        self.addCleanup(temporary.cleanup)
        self.tmp = pathlib.Path(temporary.name)
        self.cache = self.tmp / "cache"
        self.set_environment(HOME=self.tmp, DIJITSO_CACHE_DIR=self.tmp / "configured", DIJITSO_CACHE_FAIL_DIR_ROOT=self.tmp)
        self.addCleanup(logging.disable, logging.NOTSET)
        logging.disable(logging.INFO)  # the C compiler of FFCx tells what it does
        dijitso.ffcx.install()
        self.addCleanup(dijitso.ffcx.uninstall)

    def compile(self, what, objects, **arguments):
        """Calls compile_<what> of FFCx."""
        function = getattr(ffcx.codegeneration.jit, f"compile_{what}")
        return function(objects, **{"cache_dir": self.cache, **arguments})

    def counted(self, call, *args, **kwargs):
        """What `call` returns, and by how much it raised each counter of dijitso."""
        before = dijitso._dijitso.counters()
        result = call(*args, **kwargs)
        after = dijitso._dijitso.counters()
        return result, {name: after[name] - before[name] for name in after if after[name] != before[name]}

    def set_environment(self, **variables):
        """For the rest of the test; they are restored as a whole."""
        before = dict(os.environ)
        self.addCleanup(lambda: (os.environ.clear(), os.environ.update(before)))
        os.environ.update({name: str(value) for name, value in variables.items()})

    def start(self, *args, prefix=(), **environment):
        """A Python that reaches no compiler."""
        return subprocess.Popen([*prefix, sys.executable, "-B", *map(str, args)], cwd=self.tmp, text=True, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, **NO_COMPILER, **environment})

    def finish(self, process, code=0):
        """Its standard output; what it said of errors is in self.stderr."""
        output, self.stderr = process.communicate()
        self.assertEqual(process.returncode, code, output + self.stderr)
        return output
