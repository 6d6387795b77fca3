"""Memory that runs out (memory_faults.cpp): never a wait without end, never a wrong answer, and no crash of ours."""
import os
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.path.abspath(sys.argv.pop(1))


class Memory(unittest.TestCase):
    def test_allocations_that_fail(self):
        with tempfile.TemporaryDirectory(prefix="dijitso-memory-") as place:
            env = {"PATH": "/nonexistent", "HOME": place, "DIJITSO_TRACE": place + "/trace.json"}
            done = subprocess.run([PROGRAM, place], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = done.stdout.splitlines()
        self.assertEqual(len(lines), 4, done.stdout)
        for line in lines:
            endings = dict(reversed(part.split(maxsplit=1)) for part in line.split(":")[1].split(",") if part.strip())
            self.assertLessEqual(int(endings.pop("near zero", 0)), 2, done.stdout + done.stderr)
            self.assertLessEqual(set(endings), {"right", "failed", "aborted"}, done.stdout + done.stderr)
            self.assertIn("failed", endings)  # or nothing was tried


if __name__ == "__main__":
    unittest.main()
