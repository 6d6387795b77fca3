"""What the suites of this folder share: dijitso-cc in a folder of its own, with a cache of its own."""
import os
import pathlib
import subprocess
import sys
import unittest

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import place

COMMAND = None  # dijitso-cc
CLANG = None    # Clang's own command


def write_files(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


class CommandTest(place.PlaceTest):
    def setUp(self):
        super().setUp()
        self.work = self.tmp / "work"
        self.work.mkdir()
        self.env["PATH"] = os.path.dirname(COMMAND) + ":/usr/bin:/bin"

    def write(self, **files):
        write_files(self.work, {name.replace("_dot_", "."): text for name, text in files.items()})

    def run_command(self, *words, program="dijitso-cc", cwd=None, stdin="", **environment):
        path = os.path.join(os.path.dirname(COMMAND), program) if "/" not in program else program
        return subprocess.run([path, *map(str, words)], cwd=cwd or self.work, env={**self.env, **environment},
                              input=stdin, capture_output=True, text=True, errors="replace")

    def cc(self, *words, **more):
        """A command that must succeed; its standard error."""
        done = self.run_command(*words, **more)
        self.assertEqual(done.returncode, 0, done.stderr)
        return place.without_sanitizer_warning(done.stderr)

    def refused(self, *words, **more):
        """A command that must fail; its standard error."""
        done = self.run_command(*words, **more)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        return done.stderr

    def entries(self):
        return sorted((self.cache / "obj").glob("*.o")) if self.cache.exists() else []

    def names(self, folder=None):
        folder = folder or self.work
        return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}


def main():
    global COMMAND, CLANG
    if len(sys.argv) < 3 or not os.access(sys.argv[1], os.X_OK):
        sys.exit("usage: %s <path of dijitso-cc> <path of Clang's command> [unittest options]" % sys.argv[0])
    # The suites import this file as a module of its own.
    module = sys.modules["compiler_commands"]
    module.COMMAND, module.CLANG = os.path.abspath(sys.argv.pop(1)), sys.argv.pop(1)
    unittest.main(module="__main__")
