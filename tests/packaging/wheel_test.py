"""wheel_test.py BUILD_DIR WORK_DIR: the wheel of scripts/wheel: its tags, its list of files and what it needs; installed by pip in an empty
virtual environment, and used on a node (tests/deploy/node.py) with Python, and without compiler, headers and start files."""
import base64
import csv
import email
import hashlib
import io
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "wheel"
sys.path[:0] = [str(ROOT / "tests" / "deploy"), str(ROOT / "scripts")]
import check_needs  # noqa: E402
import node  # noqa: E402

PYTHON = pathlib.Path("/usr/bin/python3")
TAG = f"cp311-cp311-manylinux_2_34_{platform.machine()}"
PROGRAM = """
import dijitso
lib = dijitso.compile('''
    #include <algorithm>
    #include <vector>
    extern "C" int largest(int n) { std::vector<int> v(n); for (int i = 0; i < n; ++i) v[i] = i * i; return *std::max_element(v.begin(), v.end()); }
''')
print(lib.largest(7))
"""


def run(*command, **how):
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, **how)
    if done.returncode:
        raise AssertionError(f"{command}: {done.stdout}{done.stderr}")
    return done.stdout


class FilesTest(unittest.TestCase):
    def setUp(self):
        self.archive = zipfile.ZipFile(WHEEL)
        self.addCleanup(self.archive.close)

    def info(self, name):
        return self.archive.read(f"{WHEEL.name.split('-cp')[0]}.dist-info/{name}").decode()

    def test_names_and_tags(self):
        version = re.search(r"project\(dijitso VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text()).group(1)
        self.assertEqual(WHEEL.name, f"dijitso-{version}-{TAG}.whl")
        wheel = email.message_from_string(self.info("WHEEL"))
        self.assertEqual((wheel["Wheel-Version"], wheel["Root-Is-Purelib"], wheel["Tag"]), ("1.0", "false", TAG))
        metadata = email.message_from_string(self.info("METADATA"))
        self.assertEqual((metadata["Name"], metadata["Version"], metadata["Requires-Python"]), ("dijitso", version, ">=3.11"))
        self.assertEqual(metadata.get_all("Requires-Dist")[0], "numpy; extra == 'blobs'")
        self.assertIn("GNU LESSER GENERAL PUBLIC LICENSE", self.info("licenses/LICENSE"))
        self.assertIn("LLVM", self.info("licenses/llvm-22-dev.txt"))

    def test_the_record_lists_every_file(self):
        rows = {name: (digest, size) for name, digest, size in csv.reader(io.StringIO(self.info("RECORD")))}
        self.assertEqual(sorted(rows), sorted(self.archive.namelist()))
        for name, (digest, size) in rows.items():
            if name.endswith(".dist-info/RECORD"):
                self.assertEqual((digest, size), ("", ""))
                continue
            data = self.archive.read(name)
            self.assertEqual(digest, "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode(), name)
            self.assertEqual(size, str(len(data)), name)

    def test_it_needs_what_the_tag_promises(self):
        with tempfile.TemporaryDirectory() as tmp:
            self.archive.extractall(tmp)
            done = subprocess.run([ROOT / "scripts" / "check_needs.py", tmp], capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
            paths = check_needs.elf_files(tmp)
            self.assertGreaterEqual(len(paths), 8)
            there = {path.name for path in paths}
            self.assertFalse({name for name in there if name.startswith(("libstdc++", "libgcc_s", "libc.", "libmpi", "libdijitso-mpi", "_mpi"))})
            for path in paths:
                others = set(check_needs.Needs(path).libraries) - there
                self.assertLessEqual(others, {*node.C_LIBRARY, "libstdc++.so.6", "libgcc_s.so.1", "libz.so.1", "ld-linux-x86-64.so.2",
                                              "ld-linux-aarch64.so.1"}, path)
                self.assertNotIn(bytes(BUILD), path.read_bytes(), path)

    def test_it_is_small_enough_to_be_published(self):
        self.assertLess(WHEEL.stat().st_size, 60e6)


class InstalledTest(unittest.TestCase):
    """The virtual environment lies on the node where pip made it, and a copy of it elsewhere."""

    def setUp(self):
        self.venv = WORK / "venv"
        tmp = tempfile.TemporaryDirectory()
        self.addCleanup(tmp.cleanup)
        self.node = node.Node(pathlib.Path(tmp.name) / "node")
        for path in ("/usr/bin/python3", PYTHON.resolve()):
            self.node.copy(path)
        for directory in node.needed_by("/bin/true")[-1].parent, f"/usr/lib/{PYTHON.resolve().name}":
            self.node.mount(os.path.realpath(directory), os.path.realpath(directory))
        for name in "libstdc++.so.6", "libgcc_s.so.1", "libz.so.1", "libexpat.so.1", "libffi.so.8":
            self.node.copy(f"/usr/lib/{platform.machine()}-linux-gnu/{name}", f"/lib/{platform.machine()}-linux-gnu/{name}")
        self.node.mount(self.venv, str(self.venv))
        self.node.mount(self.venv, "/moved/environment")

    def run_there(self, *command, code=0):
        done = self.node.run(*command, env={"PATH": f"{self.venv}/bin", "HOME": "/tmp", "DIJITSO_CACHE_DIR": "/cache/dijitso"})
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def test_there_is_no_compiler_and_no_header(self):
        found = self.run_there(self.venv / "bin/python", "-c", "import os, shutil; print(*map(shutil.which, ['cc', 'gcc', 'g++', 'clang', 'ld', 'as']),"
                               "*map(os.path.exists, ['/usr/include', '/usr/lib/gcc', '/usr/lib/llvm-22']))")
        self.assertEqual(set(found.split()), {"None", "False"})

    def test_python(self):
        for environment in self.venv, "/moved/environment":
            python = f"{environment}/bin/python"
            self.assertEqual(self.run_there(python, "-c", "import dijitso; print(dijitso.__file__)").split("/lib/")[0], str(environment))
            self.assertEqual(self.run_there(python, "-c", PROGRAM).split()[0], "36")
        (module,) = (self.node.root / "cache/dijitso/obj").iterdir()  # the second was a hit
        self.assertIn("function  largest", self.run_there("/moved/environment/bin/python", "-m", "dijitso", "inspect", module.name.split(".")[0]))

    def test_without_mpi(self):
        program = ("import dijitso\n"
                   "class MPI: Get_library_version = staticmethod(lambda: 'Some MPI')\n"
                   "dijitso.mpi._extension(MPI)")
        said = self.run_there(self.venv / "bin/python", "-c", program, code=1)
        self.assertIn("Some MPI (no library of its own), and this dijitso was built for no MPI", said)

    def test_commands(self):
        self.run_there(self.venv / "bin/python", "-c", PROGRAM)
        for name in "dijitso-cache", "dijitso":
            self.assertRegex(self.run_there(self.venv / "bin" / name, "show"), r"\bobj\b")
        (self.node.root / "cache/a.cpp").write_text("#include <vector>\nextern \"C\" int answer() { return std::vector<int>(42).size(); }\n")
        self.run_there(self.venv / "bin/dijitso-c++", "-O2", "-fPIC", "-shared", "/cache/a.cpp", "-o", "/cache/a.so")
        (self.node.root / "cache/b.c").write_text("int answer(void) { int new = 42; return new; }\n")
        self.run_there(self.venv / "bin/dijitso-cc", "-O2", "-fPIC", "-shared", "/cache/b.c", "-o", "/cache/b.so")
        for library in "a", "b":
            self.assertEqual(self.run_there(self.venv / "bin/python", "-c", f"import ctypes; print(ctypes.CDLL('/cache/{library}.so').answer())"), "42\n")

    def test_openmp(self):
        self.node.mount("tmpfs", "/dev/shm", "mode=1777")  # LLVM's OpenMP library will have it
        said = self.run_there(self.venv / "bin/python", "-c", "import dijitso; lib = dijitso.compile('int threads() { int n = 0;\\n#pragma omp parallel"
                              " num_threads(3) reduction(+ : n)\\nn += 1;\\nreturn n; }', openmp=True); print(lib.threads())")
        self.assertEqual(said, "3\n")


class ScriptTest(unittest.TestCase):
    def assert_refused(self, *arguments, says):
        done = subprocess.run([SCRIPT, "--build", BUILD, *arguments], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (1, says))

    def test_wrong_arguments(self):
        self.assert_refused("--build", "/nonexistent", says="wheel: '/nonexistent' is no build directory: give one that CMake made\n")
        self.assert_refused("--python", "/nonexistent", says="wheel: '/nonexistent' is no Python interpreter\n")
        self.assert_refused("--python", "/bin/true", says="wheel: '/bin/true' is no Python interpreter\n")
        old = WORK / "python3.9"
        old.write_text("#!/bin/sh\necho '[3, 9]'\n")
        old.chmod(0o755)
        self.assert_refused("--python", old, says=f"wheel: '{old}' is Python 3.9; dijitso needs 3.11 or newer\n")

    def test_another_interpreter(self):
        """Its extension is built over the libraries that are there; all other files are the same."""
        run(SCRIPT, "--build", BUILD, "--python", WORK / "venv/bin/python", "-o", WORK / "other")
        with zipfile.ZipFile(WHEEL) as one, zipfile.ZipFile(WORK / "other" / WHEEL.name) as other:
            self.assertEqual(one.namelist(), other.namelist())
            differing = {name.split("/")[-1] for name in one.namelist() if one.getinfo(name).CRC != other.getinfo(name).CRC}
        self.assertLessEqual(differing, {next(name for name in os.listdir(BUILD / "python/dijitso") if name.startswith("_dijitso.cpython")), "RECORD"})
        run(PYTHON, "-m", "venv", WORK / "other/venv")
        run(WORK / "other/venv/bin/pip", "install", "--no-index", WORK / "other" / WHEEL.name)
        self.assertEqual(run(WORK / "other/venv/bin/python", "-c", PROGRAM, env={"DIJITSO_CACHE_DIR": str(WORK / "other/cache")}).split()[0], "36")


if __name__ == "__main__":
    BUILD, WORK = map(pathlib.Path, sys.argv[1:3])
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    print(run(SCRIPT, "--build", BUILD, "-o", WORK))
    [WHEEL] = WORK.glob("*.whl")
    run(PYTHON, "-m", "venv", WORK / "venv")
    run(WORK / "venv/bin/pip", "install", "--no-index", WHEEL)
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
