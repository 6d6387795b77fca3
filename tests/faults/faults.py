"""Runs the worker program for the suites in this folder, each test with a cache and a home of its own."""
import json
import os
import pathlib
import subprocess
import sys
import unittest

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import place

WORKER = None


class FaultTest(place.PlaceTest):
    def start(self, *args, prefix=(), program=None, **more):
        """A running worker, or other program built beside it, killed at the end of the test if it still runs."""
        path = os.path.join(os.path.dirname(WORKER), program) if program else WORKER
        process = subprocess.Popen([*prefix, path, *map(str, args)], env={**self.env, **more}, cwd=self.home,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(self.stop, process)
        return process

    @staticmethod
    def stop(process):
        process.kill()
        process.communicate()

    def finish(self, process):
        """(the JSON that it printed last, standard error); it must have ended well."""
        output, errors = process.communicate()
        self.assertEqual(process.returncode, 0, errors)
        return json.loads(output.splitlines()[-1]), place.without_sanitizer_warning(errors)

    def run_worker(self, *args, **more):
        return self.finish(self.start(*args, **more))

    def hold(self):
        """A worker that holds the claim of the module "one" and is in the middle of its generate."""
        process = self.start("hold")
        self.assertEqual(process.stdout.readline(), "generating\n")
        return process

    def names_in(self, folder):
        return sorted(path.name for path in (self.cache / folder).iterdir())

    def assert_no_leftovers(self):
        self.assertEqual((self.names_in("tmp"), self.names_in("claims")), ([], []))


def main():
    global WORKER
    if len(sys.argv) < 2 or not os.access(sys.argv[1], os.X_OK):
        sys.exit("usage: %s <path of the worker> [unittest options]" % sys.argv[0])
    # The suites import this file as a module of its own.
    sys.modules["faults"].WORKER = os.path.abspath(sys.argv.pop(1))
    unittest.main(module="__main__")
