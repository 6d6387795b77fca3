"""A subinterpreter is told that it cannot import the package, whether the main interpreter has imported it or not."""
import sys
import unittest

from package import PackageTest

SCRIPT = """
import sys
try:
    import _interpreters as interpreters  # of Python 3.13
except ImportError:
    import _xxsubinterpreters as interpreters
{before}
one = interpreters.create() if sys.version_info >= (3, 13) else interpreters.create(isolated=False)
interpreters.run_string(one, '''
import sys
sys.path[:] = {path!r}
for name in ("dijitso", "dijitso._dijitso"):
    try:
        __import__(name)
    except ImportError as error:
        print(error, flush=True)
''')
interpreters.destroy(one)
"""


class SubinterpreterTest(PackageTest):
    def test_import(self):
        for before in ("", "import dijitso"):
            output = self.run_python("-c", SCRIPT.format(before=before, path=sys.path)).splitlines()
            self.assertEqual(len(output), 2, output)
            for line in output:
                self.assertRegex(line, "subinterpreter")


if __name__ == "__main__":
    unittest.main()
