"""bundle_test.py BUNDLE RUN_ONLY_BUNDLE: the trees that scripts/bundle made, and what it says to wrong arguments."""
import pathlib
import re
import subprocess
import sys
import unittest

import node

SCRIPTS = pathlib.Path(__file__).resolve().parents[2] / "scripts"
SCRIPT = SCRIPTS / "bundle"


def dynamic(path):
    return subprocess.run(["readelf", "-dW", path], check=True, capture_output=True, text=True).stdout


def is_binary(path):
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def binaries(bundle):
    return [path for path in sorted(bundle.rglob("*")) if path.is_file() and not path.is_symlink() and is_binary(path)]


class BundleTest(unittest.TestCase):
    def test_only_the_c_library_is_needed_besides(self):
        for bundle in BUNDLE, RUN_ONLY:
            here = {path.name for path in bundle.rglob("*.so*")}
            for path in binaries(bundle):
                needed = set(re.findall(r"NEEDED.*\[(.*)\]", dynamic(path)))
                needed = {name for name in needed if not name.startswith("ld-linux")} - here - set(node.C_LIBRARY)
                is_for_mpi = re.match("libdijitso-mpi|_mpi", path.name)
                self.assertTrue(all(name.startswith(("libmpi.", "libmpich.")) for name in needed) if is_for_mpi else not needed, (path, needed))

    def test_libraries_are_found_relative_to_each_other(self):
        own = [path for path in binaries(BUNDLE) if "dijitso" in path.name or path.name.startswith("_mpi")]
        self.assertGreaterEqual(len(own), 8)
        for path in own:
            for place in re.findall(r"(?:RUNPATH|RPATH).*\[(.*)\]", dynamic(path)):
                for directory in filter(None, place.split(":")):
                    self.assertTrue(directory.startswith("$ORIGIN"), (path, directory))

    def check_needs(self, *arguments):
        return subprocess.run([SCRIPTS / "check_needs.py", *arguments], capture_output=True, text=True)

    def test_which_systems_it_runs_on(self):
        done = self.check_needs(BUNDLE, RUN_ONLY)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"libstdc\+\+\.so\.6\S* is the building machine's, and needs glibc 2\.\d+\n")
        self.assertRegex(done.stdout, r"\n1\d files need GLIBC 2\.34, GLIBCXX 3\.4\.\d+, ")

    def test_what_is_too_new_is_named(self):
        done = self.check_needs("--glibc", "2.33", BUNDLE)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, rf"{BUNDLE}/lib/libdijitso\.so\S* needs GLIBC_2\.34: .*\bdlopen\b")
        self.assertNotIn("GLIBC_2.33:", done.stderr)

    def test_a_tree_without_programs_is_refused(self):
        done = self.check_needs(BUNDLE / "include")
        self.assertEqual((done.returncode, done.stderr), (1, f"check_needs.py: there are no programs and libraries in '{BUNDLE / 'include'}'\n"))

    def test_run_only_lacks_the_compiler_alone(self):
        files = [{path.relative_to(bundle) for path in bundle.rglob("*")} for bundle in (BUNDLE, RUN_ONLY)]
        self.assertEqual(files[0] - files[1], {pathlib.Path("lib/libdijitso-compiler.so")})
        self.assertEqual(files[1] - files[0], set())

    def assert_refused(self, *arguments, says):
        done = subprocess.run([SCRIPT, *arguments], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (64, says))

    def test_wrong_arguments(self):
        self.assert_refused("--fast", says=f"bundle: unknown argument '--fast'; see {SCRIPT} --help\n")
        self.assert_refused("-o", says="bundle: -o needs a value\n")
        self.assert_refused("-o", BUNDLE, says=f"bundle: '{BUNDLE}' exists: remove it, or choose another place with -o\n")
        self.assert_refused("-o", BUNDLE / "new", "--build", "/nonexistent",
                            says="bundle: '/nonexistent' is no build directory: give one that CMake made\n")


if __name__ == "__main__":
    BUNDLE, RUN_ONLY = map(pathlib.Path, sys.argv[1:3])
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
