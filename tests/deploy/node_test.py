"""node_test.py BUNDLE BUILD_DIR: programs on a node that has a C library and the bundle, moved to another path, and nothing else."""
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import node

HOME = "/opt/dijitso"  # of the bundle there
FAMILIES = "poisson,elasticity_2d,poisson_3d"  # 17 modules of FFC


class NodeTest(unittest.TestCase):
    def setUp(self):
        tmp = tempfile.TemporaryDirectory()
        self.addCleanup(tmp.cleanup)
        self.tmp = pathlib.Path(tmp.name)
        self.tmp.chmod(0o755)
        self.node = node.Node(self.tmp / "node")
        self.node.mount(BUNDLE, HOME, "rw")
        self.node.copy(BUILD / "bin" / "poisson", "/test/poisson")
        self.node.copy(BUILD / "bin" / "ffc_modules_run", "/test/ffc_modules_run")
        self.node.mount(BUILD / "tests" / "ffc" / "modules", "/test/modules")
        (self.node.root / "cache").chmod(0o1777)

    def run_there(self, *command, user=None, code=0, **env):
        done = self.node.run(*command, user=user, env={"LD_LIBRARY_PATH": HOME + "/lib", "HOME": "/tmp", **env})
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def both_jobs(self, **how):
        """The Poisson example and modules of FFC, compiled, linked and run; then again, from the cache. Nothing may be warned of."""
        for compiled in (True, False):
            done = self.run_there("/test/poisson", "--cache-dir", "/cache/poisson", **how)
            self.assertIn("Order 2 expected: confirmed", done.stdout)
            self.assertRegex(done.stdout, r"first request +\S+ ms +\S+ ms +" + ("2 +0" if compiled else "0 +2"))
            self.assertEqual(done.stderr, "")
            done = self.run_there("/test/ffc_modules_run", "--manifest", "/test/modules/modules.json", "--families", FAMILIES,
                                  "--cache-dir", "/cache/ffc", **how)
            self.assertRegex(done.stdout, "\n17 compiled, 0 from disk" if compiled else "\n0 compiled, 17 from disk")
            self.assertEqual(done.stderr, "")
            self.numbers = re.search("digest ([0-9a-f]+)", done.stdout)[1]

    def test_there_is_nothing_else(self):
        names = {path.name for path in self.node.root.iterdir()}
        self.assertLessEqual(names, {"cache", "dev", "lib", "lib64", "opt", "proc", "test", "tmp"})
        self.assertEqual(sorted(path.name for path in (self.node.root / "lib").rglob("*.so*")), sorted(node.C_LIBRARY))

    def test_compile_link_run(self):
        self.both_jobs()
        here = subprocess.run([BUILD / "bin" / "ffc_modules_run", "--manifest", BUILD / "tests" / "ffc" / "modules" / "modules.json",
                               "--families", FAMILIES, "--cache-dir", self.tmp / "here"], check=True, capture_output=True, text=True)
        self.assertIn("digest " + self.numbers, here.stdout)

    def test_openmp_of_the_bundle(self):
        self.assertTrue((BUNDLE / "lib" / "libomp.so.5").is_file(), "there was no libomp.so.5 to take: install libomp-14-dev")
        for loader in ("orc", "dlopen"):
            done = self.run_there(HOME + "/bin/dijitso-cache", "doctor", DIJITSO_BUILD_OPENMP="true", DIJITSO_CACHE_LIB_LOADER=loader)
            self.assertRegex(done.stdout, "ok +compiler: a function was compiled, linked and called")

    def test_unprivileged_user(self):
        self.both_jobs(user=node.NOBODY)

    def test_bundle_on_a_read_only_mount_and_cache_on_tmpfs(self):
        self.node.mount(BUNDLE, HOME, "ro")
        self.node.mount("tmpfs", "/cache", "mode=1777")
        # Gone after each run, so one run does both: nothing is left to be found by the second.
        done = self.run_there("/test/ffc_modules_run", "--manifest", "/test/modules/modules.json", "--families", FAMILIES,
                              "--cache-dir", "/cache/ffc")
        self.assertRegex(done.stdout, "\n17 compiled, 0 from disk")
        self.assertEqual(done.stderr, "")

    def test_noexec(self):
        """The run-time linker maps no file of the cache."""
        self.node.mount(self.node.root / "cache", "/cache", "rw,noexec")
        self.both_jobs()

    def test_doctor(self):
        done = self.run_there(HOME + "/bin/dijitso-cache", "doctor", "/cache/mine")
        self.assertRegex(done.stdout, r"\nok       compiler: .*\nok       headers: ")

    def test_compiler_command(self):
        """It compiles, and links shared libraries and programs. Static programs need what only a C library for development has."""
        (self.node.root / "test" / "a.cpp").write_text(
            "#include <iostream>\n#include <vector>\nstruct Greeting { Greeting() { std::cout << \"hello\" << std::endl; } "
            "~Greeting() { std::cout << \"bye\" << std::endl; } } greeting;\n"
            "extern \"C\" int answer() { return std::vector<int>(42).size(); }\nint main() { return answer(); }\n")
        compiler = HOME + "/bin/dijitso-c++"
        self.run_there(compiler, "-O2", "-fPIC", "-c", "/test/a.cpp", "-o", "/cache/a.o", DIJITSO_CACHE_DIR="/cache/cc")
        self.run_there(compiler, "-shared", "/cache/a.o", "-o", "/cache/a.so", DIJITSO_CACHE_DIR="/cache/cc")
        library = self.node.root / "cache" / "a.so"
        done = subprocess.run([sys.executable, "-c", "import ctypes; print(ctypes.CDLL('%s').answer())" % library],
                              capture_output=True, text=True)
        self.assertEqual(done.stdout.split(), ["hello", "42", "bye"], done.stderr)
        for kind in ["-pie"], ["-no-pie", "-rdynamic"]:
            self.run_there(compiler, "/cache/a.o", *kind, "-o", "/cache/a", DIJITSO_CACHE_DIR="/cache/cc")
            self.assertEqual(self.run_there("/cache/a", code=42).stdout.split(), ["hello", "bye"])
        done = self.run_there(compiler, "/cache/a.o", "-static", "-o", "/cache/b", code=1, DIJITSO_CACHE_DIR="/cache/cc")
        self.assertRegex(done.stderr, r"^dijitso-c\+\+: error: cannot link a static program: this machine has no crt1\.o, crti\.o, .*; install .*"
                         r"libc6-dev.*, or link without -static\n$")
        self.assertFalse((self.node.root / "cache" / "b").exists())

    def test_object_level_commands(self):
        self.run_there("/test/poisson", "--cache-dir", "/cache/poisson")
        tool = HOME + "/bin/dijitso-cache"
        shown = self.run_there(tool, "--cache-dir", "/cache/poisson", "show", "--signatures").stdout
        signature = re.search("poisson_[0-9a-f]{40}", shown)[0]
        self.assertIn("\nSymbols\n", self.run_there(tool, "--cache-dir", "/cache/poisson", "inspect", signature).stdout)


if __name__ == "__main__":
    BUNDLE, BUILD = map(pathlib.Path, sys.argv[1:3])
    unittest.main(argv=sys.argv[:1])
