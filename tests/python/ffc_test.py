"""FFC 2019.2 runs on the package unchanged, without a compiler; a second process compiles nothing."""
import json
import pathlib
import shutil
import unittest

from package import PYTHONPATH, PackageTest

PROGRAM = pathlib.Path(__file__).resolve().with_name("ffc_program.py")


class FfcTest(PackageTest):
    def run_program(self):
        strace = shutil.which("strace", path="/usr/bin")
        self.assertTrue(strace, "strace is not installed")
        trace = self.tmp / "trace"
        # On PATH is no compiler, and none that the environment names.
        output = self.run_prefixed([strace, "-f", "-qq", "-e", "trace=execve,execveat", "-o", str(trace)])
        started = [line for line in trace.read_text().splitlines() if "exec" in line]
        self.assertEqual(len(started), 1, started)  # Python itself
        result = json.loads(output.splitlines()[-1])
        self.assertEqual(pathlib.Path(result["file"]).parents[1], pathlib.Path(PYTHONPATH))
        return result

    def run_prefixed(self, prefix):
        return self.run_python(PROGRAM, prefix=prefix, PATH="/nonexistent", CXX="/bin/false", CC="/bin/false")

    def test_cold_and_warm(self):
        cold = self.run_program()
        self.assertGreaterEqual(cold["counters"]["compiles"], 8)
        modules = {path.name.split(".")[0] for path in (self.cache / "obj").iterdir()}
        self.assertLessEqual(set(cold["modules"].values()), modules)
        warm = self.run_program()
        self.assertEqual(warm["modules"], cold["modules"])
        self.assertEqual((warm["counters"]["compiles"], warm["counters"]["disk_hits"]), (0, len(modules)))


if __name__ == "__main__":
    unittest.main()
