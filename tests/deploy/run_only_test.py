"""run_only_test.py BUNDLE RUN_ONLY_BUNDLE: what a bundle without the compiler can do, and what it says when it cannot."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

PYTHON = "/usr/bin/python3"
PACKAGES = "lib/python3/dist-packages"
PROGRAM = """
import sys
import dijitso

params = {}

def generate(jitable, name, signature, generator):
    print("generate was called")
    if name == "outer":
        dijitso.jit(None, "inner", params, generate)
        return "", 'extern "C" int inner(); extern "C" int answer() { return 2 * inner(); }', ["inner"]
    return "", 'extern "C" int inner() { return 21; }', ()

if len(sys.argv) == 1:
    print("answer", dijitso.jit(None, "outer", params, generate)[0].answer())
else:  # ranks, with a cache for each
    from mpi4py import MPI
    rank = MPI.COMM_WORLD.rank
    params["cache"] = {"cache_dir": "%s/%d" % (sys.argv[1], rank)}
    try:
        library = dijitso.mpi.jit(MPI.COMM_WORLD, None, "outer", params, generate)[0]
        print("rank %d answer %d compiles %d\\n" % (rank, library.answer(), dijitso._dijitso.counters()["compiles"]), end="")
    except dijitso.errors.DijitsoError as error:
        print("rank %d %s: %s\\n" % (rank, type(error).__name__, str(error).replace("\\n", " ")), end="")
"""
TYPED = """
import dijitso, pickle
lib = dijitso.compile("struct point { double x; }; double twice(double x) { return 2 * x; } double of(const point* p) { return p->x; }")
module = dijitso.extension('''
#include <Python.h>
static PyModuleDef definition = {PyModuleDef_HEAD_INIT, "by_hand", "", -1, nullptr, nullptr, nullptr, nullptr, nullptr};
PyMODINIT_FUNC PyInit_by_hand() { PyObject* m = PyModule_Create(&definition); PyModule_AddIntConstant(m, "number", 5); return m; }
''')
twice = pickle.loads(pickle.dumps(lib.twice))
print(lib.of(lib.point(4)), module.number, [twice(1), lib.twice.ctypes(2.0)])
"""


class RunOnlyTest(unittest.TestCase):
    def setUp(self):
        tmp = tempfile.TemporaryDirectory()
        self.addCleanup(tmp.cleanup)
        self.tmp = pathlib.Path(tmp.name)
        self.program = self.tmp / "program.py"
        self.program.write_text(PROGRAM)
        self.cache = self.tmp / "cache"

    def environment(self, bundle, cache=None):
        return {**os.environ, "PYTHONPATH": f"{bundle}/{PACKAGES}", "DIJITSO_CACHE_DIR": str(cache or self.cache),
                "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMPI_MCA_btl_vader_single_copy_mechanism": "none"}

    def python(self, bundle, cache=None):
        return subprocess.run([PYTHON, self.program], env=self.environment(bundle, cache), cwd=self.tmp, capture_output=True, text=True)

    def build(self):
        done = self.python(BUNDLE)
        self.assertIn("answer 42", done.stdout, done.stderr)

    def tool(self, bundle, cache, *arguments):
        return subprocess.run([bundle / "bin" / "dijitso-cache", "--cache-dir", cache, *arguments], capture_output=True, text=True)

    def ranks(self, *bundles):
        """The same program on ranks that have different bundles; gives what the ranks say, in their order."""
        command = ["mpirun", "--oversubscribe"]
        for bundle in bundles:
            command += ["-n", "1", "env", f"PYTHONPATH={bundle}/{PACKAGES}", PYTHON, str(self.program), str(self.tmp / "caches"), ":"]
        job = subprocess.run(command[:-1], env=self.environment(bundles[0]), cwd=self.tmp, capture_output=True, text=True, timeout=120)
        self.assertEqual(job.returncode, 0, job.stdout + job.stderr)
        self.assertEqual(job.stderr, "")
        return sorted(line for line in job.stdout.splitlines() if line.startswith("rank"))

    def test_a_miss_is_one_error(self):
        done = self.python(RUN_ONLY)
        self.assertNotEqual(done.returncode, 0)
        self.assertNotIn("generate was called", done.stdout)
        self.assertRegex(done.stderr, r"CacheError: module 'outer' is not in the cache and must be compiled, but libdijitso-compiler\.so is not in "
                         r"'[^']*'; install the compiler library, or bring the module from a machine that has it \(dijitso-cache export and import, "
                         r"or cache\.readonly_dirs\)")
        self.assertEqual([path.name for path in self.tmp.glob("jitfailure-*")], [])
        self.assertEqual(list(self.cache.glob("obj/*")), [])

    def test_hits(self):
        self.build()
        self.assertEqual(self.python(RUN_ONLY).stdout, "answer 42\n")

    def test_types_and_extensions(self):
        """What dijitso.compile and dijitso.extension have made is called by its types, and imported."""
        self.program.write_text(TYPED)
        self.assertEqual(self.python(BUNDLE).stdout, "4.0 5 [2.0, 4.0]\n")
        self.assertEqual(self.python(RUN_ONLY).stdout, "4.0 5 [2.0, 4.0]\n")

    def test_import(self):
        self.build()
        archive = self.tmp / "modules.tar.zst"
        self.assertEqual(self.tool(BUNDLE, self.cache, "export", "outer", "-o", archive).returncode, 0)
        imported = self.tool(RUN_ONLY, self.tmp / "other", "import", archive)
        self.assertEqual(imported.returncode, 0, imported.stderr)
        self.assertEqual(self.python(RUN_ONLY, self.tmp / "other").stdout, "answer 42\n")

    def test_the_rank_that_can_builds(self):
        self.assertEqual(self.ranks(RUN_ONLY, BUNDLE, RUN_ONLY),
                         ["rank 0 answer 42 compiles 0", "rank 1 answer 42 compiles 2", "rank 2 answer 42 compiles 0"])
        self.assertEqual(self.ranks(RUN_ONLY, RUN_ONLY, RUN_ONLY),  # each from its own cache
                         ["rank %d answer 42 compiles 0" % rank for rank in range(3)])

    def test_no_rank_can(self):
        said = self.ranks(RUN_ONLY, RUN_ONLY)
        self.assertEqual(len(said), 2)
        for rank, line in enumerate(said):
            self.assertRegex(line, f"rank {rank} CacheError: .*module 'outer' is not in the cache and must be compiled, but libdijitso-compiler")

    def test_doctor(self):
        done = self.tool(RUN_ONLY, self.cache, "doctor")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertRegex(done.stdout, r"\nwarning  compiler: libdijitso-compiler is not installed; this machine can only use what others have compiled")

    def test_inspection_needs_no_compiler(self):
        self.build()
        done = self.tool(RUN_ONLY, self.cache, "disasm", "outer")
        self.assertRegex(done.stdout, re.compile("answer", re.I), done.stderr)


if __name__ == "__main__":
    BUNDLE, RUN_ONLY = map(pathlib.Path, sys.argv[1:3])
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
