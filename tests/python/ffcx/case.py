"""What the suites in this folder share, beyond ../package.py: each test has an FFCx that compiles in the process."""
import logging
import os
import pathlib
import subprocess
import sys

import dijitso
import dijitso.ffcx
import ffcx.codegeneration.jit

HERE = pathlib.Path(__file__).parent
sys.path.append(str(HERE.parent))
from package import PackageTest  # noqa: E402

# No compiler can be reached.
NO_COMPILER = {"PATH": "/nonexistent", "CC": "/bin/false", "CXX": "/bin/false"}


class FFCxTest(PackageTest):
    def setUp(self):
        path = os.environ["PATH"]
        super().setUp()
        # What dijitso is compared with needs a compiler.
        self.set_environment(PATH=path, DIJITSO_CACHE_DIR=str(self.tmp / "configured"), DIJITSO_CACHE_FAIL_DIR_ROOT=str(self.tmp))
        self.addCleanup(logging.disable, logging.NOTSET)
        logging.disable(logging.INFO)  # and it tells what it does
        dijitso.ffcx.install()
        self.addCleanup(dijitso.ffcx.uninstall)

    def compile(self, what, objects, **arguments):
        """Calls compile_<what> of FFCx."""
        function = getattr(ffcx.codegeneration.jit, f"compile_{what}")
        return function(objects, **{"cache_dir": self.cache, **arguments})

    def counted(self, call, *args, **kwargs):
        return super().counted(lambda: call(*args, **kwargs))

    def start(self, *args, prefix=(), **environment):
        """A Python that reaches no compiler, started."""
        return subprocess.Popen([*prefix, sys.executable, "-B", *map(str, args)], cwd=self.tmp, text=True, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, **NO_COMPILER, **environment})

    def finish(self, process, code=0):
        """Its standard output; what it said of errors is in self.stderr."""
        output, self.stderr = process.communicate()
        self.assertEqual(process.returncode, code, output + self.stderr)
        return output
