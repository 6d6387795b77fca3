"""Runs the real dijitso-cache for the suites in this folder, each time in a clean environment of its own."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import place

BINARY = None
NOBODY = 65534
CACHE_TAG = """\
Signature: 8a477f597d28d172789f06886806bc55
# This directory was made by dijitso, a cache of compiled code. What is in it may be deleted at any time.
# For information about cache directory tags, see https://bford.info/cachedir/
"""


def sanitizer_options():
    """Sanitizers take them from the environment."""
    return {name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")}


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

    def run_tool(self, *args, under=(), **more):
        """A run of the tool, `under` another program that starts it."""
        settings = {"env": {**sanitizer_options(), **self.env}, "cwd": self.home, "stdin": subprocess.DEVNULL,
                    "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "timeout": 60}
        done = subprocess.run([*under, BINARY, *map(str, args)], **{**settings, **more})
        if isinstance(done.stderr, bytes):
            done.stderr = place.without_sanitizer_warning(done.stderr.decode(errors="surrogateescape")).encode(errors="surrogateescape")
        return done

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

    def fails(self, code, *args, **more):
        """Standard error of a run that must fail with `code` and print nothing on standard output."""
        done = self.run_tool(*args, **more)
        self.assertEqual((done.returncode, done.stdout), (code, b""), (args, done.stderr))
        return done.stderr.decode()

    def add(self, name, content):
        """A file in the cache."""
        file = self.cache / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    def build_modules(self):
        """Two real modules: form, which depends on element."""
        subprocess.run([os.path.join(os.path.dirname(BINARY), "cli_modules")], env={**sanitizer_options(), **self.env},
                       check=True, timeout=120)

    def files(self):
        """What is in the cache and in the current directory of the tool."""
        return {str(path.relative_to(self.tmp)): path.read_bytes()
                for directory in (self.cache, self.home) for path in directory.rglob("*") if path.is_file()}

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
