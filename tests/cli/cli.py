"""Runs the real dijitso-cache for the suites in this folder, each time in a clean environment of its own."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

BINARY = None
NOBODY = 65534


class CliTest(unittest.TestCase):
    """A test with an empty home, configuration and cache path (which does not exist yet)."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="dijitso-cli-")
        self.addCleanup(temporary.cleanup)
        self.tmp = pathlib.Path(temporary.name)
        self.home = self.tmp / "home"
        self.home.mkdir()
        self.cache = self.tmp / "cache"
        self.env = {"HOME": str(self.home), "PATH": "/nonexistent", "DIJITSO_CACHE_DIR": str(self.cache)}

    def run_tool(self, *args, **more):
        # Sanitizers take their options from the environment.
        sanitizers = {k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")}
        return subprocess.run([BINARY, *map(str, args)], env={**sanitizers, **self.env}, cwd=self.home,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=60, **more)

    def ok(self, *args, **more):
        """Standard output of a run that must succeed without a word on standard error."""
        done = self.run_tool(*args, **more)
        self.assertEqual((done.returncode, done.stderr), (0, b""), args)
        return done.stdout.decode()

    def json(self, *args):
        document = json.loads(self.ok(*args))
        self.assertEqual(document["schema_version"], 1)
        self.assertEqual(next(iter(document)), "schema_version")
        return document

    def fails(self, code, *args):
        """Standard error of a run that must fail with `code` and print nothing on standard output."""
        done = self.run_tool(*args)
        self.assertEqual((done.returncode, done.stdout), (code, b""), (args, done.stderr))
        return done.stderr.decode()

    def run_as_nobody(self, *args):
        """For permissions, which do not concern root: as somebody else, with a binary that he can reach."""
        if os.getuid() != 0:
            return self.run_tool(*args)
        self.tmp.chmod(0o755)
        tool = shutil.copy(BINARY, self.tmp / "tool")
        shutil.copy(pathlib.Path(BINARY).parent.parent / "lib" / "libdijitso.so.0", self.tmp)
        return subprocess.run([tool, *map(str, args)], env={**self.env, "LD_LIBRARY_PATH": str(self.tmp)}, cwd="/",
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=60, user=NOBODY)

    def configure(self, text):
        """Makes `text` the configuration file, and gives its path."""
        directory = self.tmp / "conf"
        directory.mkdir()
        self.env["DIJITSO_CONF"] = str(directory)
        file = directory / ".dijitso.conf"
        file.write_text(text)
        return file


def main():
    global BINARY
    if len(sys.argv) < 2 or not os.access(sys.argv[1], os.X_OK):
        sys.exit("usage: %s <path of dijitso-cache> [unittest options]" % sys.argv[0])
    # The suites import this file as a module of its own.
    sys.modules["cli"].BINARY = os.path.abspath(sys.argv.pop(1))
    unittest.main(module="__main__")
