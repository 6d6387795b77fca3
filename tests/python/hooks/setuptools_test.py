"""setuptools and distutils in the process: an sdist with three extensions, the fields of Extension, what is not C, what fails."""
import concurrent.futures as futures
import contextlib
import importlib
import io
import os
import sys
import tarfile
import unittest
import unittest.mock

import dijitso
import setuptools
from case import HooksTest
from dijitso.hooks import _command
from distutils.errors import CompileError

PLAIN = """
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <value.h>
int from_second(void);
static PyObject *value(PyObject *self, PyObject *none) { return PyLong_FromLong(VALUE + MACRO + from_second()); }
static PyMethodDef methods[] = {{"value", value, METH_NOARGS, ""}, {0}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "plain", "", -1, methods};
PyMODINIT_FUNC PyInit_plain(void) { return PyModule_Create(&module); }
"""
SECOND = '#ifdef GONE\n#error "undef_macros has no effect"\n#endif\nint from_second(void) { return 3; }\n'
WITH_PYBIND11 = """
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>
#include <zlib.h>
double sum(const std::vector<double>& v) { double s = 0; for (double x : v) s += x; return s; }
PYBIND11_MODULE(bound, m) {
  m.def("sum", &sum);
  m.def("twice", pybind11::vectorize([](double x) { return 2 * x; }));
  m.def("crc", [] { return crc32(0, reinterpret_cast<const unsigned char*>("abc"), 3); });
}
"""
IN_CYTHON = "def cube(double x):\n    return x * x * x\n"
SETUP = """
import pybind11
from Cython.Build import cythonize
from setuptools import Extension, setup

setup(name="extensions-of-ours", version="1", packages=["extensions_of_ours"], ext_modules=[
    Extension("extensions_of_ours.plain", ["src/plain.c", "src/second.c"], include_dirs=["src/include"], define_macros=[("MACRO", "20")],
              undef_macros=["GONE"], extra_compile_args=["-DGONE=1", "-UGONE"], depends=["src/include/value.h"]),
    Extension("extensions_of_ours.bound", ["src/bound.cpp"], include_dirs=[pybind11.get_include()], libraries=["z"], language="c++",
              extra_link_args=["-Wl,-z,now"]),
    *cythonize([Extension("extensions_of_ours.cubes", ["src/cubes.pyx"])], language_level=3),
])
"""
MANIFEST = "recursive-include src *\n"


class SdistTest(HooksTest):
    def write_project(self):
        for name, text in (("plain.c", PLAIN), ("second.c", SECOND), ("include/value.h", "#define VALUE 100\n"), ("bound.cpp", WITH_PYBIND11),
                           ("cubes.pyx", IN_CYTHON)):
            self.write(f"project/src/{name}", text)
        self.write("project/extensions_of_ours/__init__.py", "")
        self.write("project/setup.py", SETUP)
        self.write("project/MANIFEST.in", MANIFEST)

    def run_setup(self, folder, *args):
        os.chdir(folder)
        try:
            return self.run_in(folder, "-m", "dijitso.run", "--hooks=setuptools", "setup.py", *args)
        finally:
            os.chdir(self.tmp)

    def run_in(self, folder, *args):
        tmp, self.tmp = self.tmp, folder
        try:
            return self.run_python(*args)
        finally:
            self.tmp = tmp

    def test_an_sdist_with_three_extensions(self):
        self.write_project()
        self.run_setup(self.tmp / "project", "sdist")
        [archive] = (self.tmp / "project/dist").glob("*.tar.gz")
        with tarfile.open(archive) as files:
            files.extractall(self.tmp / "unpacked")
        [folder] = (self.tmp / "unpacked").iterdir()
        self.run_setup(folder, "build_ext", "--inplace")
        sys.path.insert(0, str(folder))
        importlib.invalidate_caches()
        from extensions_of_ours import bound, cubes, plain
        self.assertEqual(plain.value(), 123)
        self.assertEqual((bound.sum([1, 2, 3.5]), bound.twice([1, 2]).tolist(), bound.crc()), (6.5, [2, 4], 0x352441c2))
        self.assertEqual(cubes.cube(3), 27)
        self.assertTrue(plain.__file__.startswith(str(folder)))


class ExtensionTest(HooksTest):
    def setUp(self):
        super().setUp()
        dijitso.install("setuptools")

    def build(self, *sources, **fields):
        extension = setuptools.Extension("extension_of_ours", [str(source) for source in sources], **fields)
        command = setuptools.Distribution({"name": "ours", "ext_modules": [extension]}).get_command_obj("build_ext")
        command.inplace, command.force = True, True
        command.ensure_finalized()
        with contextlib.redirect_stdout(io.StringIO()):
            command.run()

    def test_wrong_code_raises_what_setuptools_raises(self):
        self.write("src/bad.c", "int x;\nint f(void) { return undeclared; }\n")
        with self.assertRaisesRegex(CompileError, r"src/bad\.c:2:\d+: error: use of undeclared identifier 'undeclared'"):
            self.build("src/bad.c")

    def commands(self, **fields):
        """The commands that `build` makes of an Extension."""
        with unittest.mock.patch("dijitso.hooks._command.parse", wraps=_command.parse) as parse:
            self.build(self.write("m.c", "int x;\n"), **fields)
        return [call.args[0] for call in parse.call_args_list]

    def test_debug_information_is_made_for_who_asks_for_it(self):
        self.assertNotIn("-g", self.commands()[0])
        self.assertEqual(self.commands(extra_compile_args=["-g"])[0].count("-g"), 1)
        self.set_environment(CFLAGS="-g -DX=1")
        self.assertIn("-g", self.commands()[0])

    def test_modules_share_precompiled_headers(self):
        for i in range(3):  # the second one makes them
            name = self.write(f"m{i}.c", f"#include <Python.h>\nint x{i};\n")
            _, counted = self.counted(lambda: self.build(name))
            self.assertEqual(counted.get("precompiled", 0), min(i, 1))

    def test_two_processes_compile_once(self):
        self.write("setup.py", "import dijitso; dijitso.install('setuptools')\nfrom setuptools import Extension, setup\n"
                   "setup(name='m', py_modules=[], ext_modules=[Extension('m', ['m.c'])])\nprint(dijitso._dijitso.counters()['compiles'])\n")
        self.write("m.c", "#include <Python.h>\nPyMODINIT_FUNC PyInit_m(void) { return NULL; }\n")
        with futures.ThreadPoolExecutor(2) as pool:
            runs = [pool.submit(self.run_python, "setup.py", "-q", "build_ext", "--build-lib", f"lib{i}", "--build-temp", f"temp{i}") for i in (1, 2)]
        self.assertEqual(sum(int(run.result().splitlines()[-1]) for run in runs), 2)  # the source, and the module that links it
        self.assertEqual(len(list(self.tmp.glob("lib*/m.*.so"))), 2)

    def test_what_is_not_c_is_started_with_a_warning(self):
        self.write("m.m", "int x;\n")
        with self.assertLogs("dijitso", "WARNING") as logs, self.assertRaises(CompileError):
            self.build("m.m")
        self.assertRegex(logs.output[0], "not C or C.. for a library, so it is started: .*m.m")

    def test_uninstall(self):
        import distutils.ccompiler
        ours = distutils.ccompiler.CCompiler.spawn
        dijitso.uninstall("setuptools")
        self.assertIs(distutils.ccompiler.CCompiler.spawn, ours.__wrapped__)
        self.write("m.c", "int x;\n")
        with self.assertRaises(CompileError):
            self.build("m.c")


if __name__ == "__main__":
    unittest.main()
