"""Runs the worker program for the suites in this folder, each test with a cache of its own."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

WORKER = None


class DebugTest(unittest.TestCase):
    def setUp(self):
        # Not in /tmp, which a test makes read-only.
        temporary = tempfile.TemporaryDirectory(prefix="dijitso-debug-", dir="/var/tmp")
        self.addCleanup(temporary.cleanup)
        self.cache = pathlib.Path(temporary.name) / "cache"
        # Sanitizers take their options from the environment.
        self.env = {k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")}
        self.env.update(HOME=temporary.name, PATH="/usr/sbin:/usr/bin:/sbin:/bin", DIJITSO_CACHE_DIR=str(self.cache),
                        DIJITSO_BUILD_DEBUG="yes")

    def run_worker(self, command, **more):
        """The JSON that a worker printed last."""
        process = subprocess.Popen([WORKER, command], env={**self.env, **more}, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        self.addCleanup(pathlib.Path("/tmp/perf-%d.map" % process.pid).unlink, missing_ok=True)
        output, errors = process.communicate()
        self.assertEqual(process.returncode, 0, errors)
        return json.loads(output.splitlines()[-1])


def main():
    global WORKER
    if len(sys.argv) < 2 or not os.access(sys.argv[1], os.X_OK):
        sys.exit("usage: %s <path of the worker> [unittest options]" % sys.argv[0])
    # The suites import this file as a module of its own.
    sys.modules["debugging"].WORKER = os.path.abspath(sys.argv.pop(1))
    unittest.main(module="__main__")
