"""What `import dijitso` and the command import: little, so that both start at once. Counted, because times depend on the machine."""
import json
import subprocess
import sys
import tempfile
import unittest

from package import PYTHONPATH

# Each takes longer to import than dijitso itself, or brings one that does.
HEAVY = {"argparse", "asyncio", "collections", "contextlib", "ctypes", "dataclasses", "enum", "functools", "importlib", "inspect", "json",
         "logging", "numpy", "pathlib", "re", "subprocess", "tempfile", "threading", "typing"}


class Imports(unittest.TestCase):
    def imported(self, program, **variables):
        """The modules that a program imports. Without `site`, which imports what packages on this machine ask for."""
        text = "import sys\nbefore = set(sys.modules)\n%s\nnew = set(sys.modules) - before\nimport json; print(json.dumps(sorted(new)))" % program
        done = subprocess.run([sys.executable, "-S", "-c", text], env={"PYTHONPATH": PYTHONPATH, **variables}, check=True, capture_output=True, text=True)
        return set(json.loads(done.stdout.splitlines()[-1]))

    def test_the_package(self):
        found = self.imported("import dijitso")
        self.assertEqual(found & HEAVY, set())
        self.assertEqual({name for name in found if name.startswith("dijitso")}, {"dijitso", "dijitso._dijitso", "dijitso.errors", "dijitso.jit"})

    def test_a_module_that_is_in_the_cache(self):
        program = ("import dijitso, os\n"
                   "generate = lambda *args: ('', 'extern \"C\" int f() { return 3; }', ())\n"
                   "assert dijitso.jit(None, 'm', {'build': {'tier': 'full'}}, generate)[0].f() == 3\n")
        with tempfile.TemporaryDirectory() as cache:
            self.imported(program, DIJITSO_CACHE_DIR=cache)
            one_thread = "assert len(os.listdir('/proc/self/task')) == 1\nassert dijitso._dijitso.counters()['disk_hits'] == 1"
            found = self.imported(program + one_thread, DIJITSO_CACHE_DIR=cache)
        self.assertEqual(found & HEAVY, {"ctypes"})
        self.assertEqual({name for name in found if name.startswith("dijitso")},
                         {"dijitso", "dijitso._dijitso", "dijitso.errors", "dijitso.jit", "dijitso.library"})

    def test_a_hook_that_waits_for_its_package(self):
        found = self.imported("import dijitso; dijitso.install('pyop2')")
        self.assertEqual(found & HEAVY, set())
        self.assertEqual({name for name in found if name.startswith("dijitso.hooks")},
                         {"dijitso.hooks", "dijitso.hooks._mechanism", "dijitso.hooks.pyop2"})

    def test_names_import_their_modules(self):
        self.assertIn("dijitso.params", self.imported("import dijitso; dijitso.validate_params"))
        self.assertIn("dijitso._diagnostic", self.imported("import dijitso.errors; dijitso.errors.Diagnostic"))

    def test_a_diagnostic_is_one_class(self):
        program = ("import dijitso.errors, pickle\nfrom dijitso.errors import Diagnostic\n"
                   "one = Diagnostic('f.h', 1, 2, 'error', 'm')\n"
                   "assert Diagnostic is dijitso.errors.Diagnostic and 'Diagnostic' in dir(dijitso.errors)\n"
                   "assert pickle.loads(pickle.dumps(one)) == one and Diagnostic.__module__ == 'dijitso.errors'\n"
                   "assert repr(one) == \"Diagnostic(file='f.h', line=1, column=2, severity='error', message='m')\"\n"
                   "assert not hasattr(dijitso.errors, 'Diagnostics')")
        self.imported(program)


if __name__ == "__main__":
    unittest.main()
