"""dijitso.extension: modules of pybind11, nanobind and Cython."""
import pathlib
import subprocess
import sys
import sysconfig
import threading
import unittest

import dijitso
import numpy
from dijitso.errors import CompileFailed, GenerateFailed, InvalidArgument
from package import PackageTest

COUNTS = "print(dijitso._dijitso.counters()['compiles'], 'libdijitso-compiler' in open('/proc/self/maps').read())\n"
PYBIND11 = """
#include <pybind11/pybind11.h>
PYBIND11_MODULE(%s, m) { m.def("twice", [](double x) { return 2 * x; }); m.attr("macro") = MACRO; }
"""
POINT = """
#include <pybind11/pybind11.h>
struct Point { double x, y; };
"""
MAKER = POINT + """
PYBIND11_MODULE(maker_of_points, m) {
  pybind11::class_<Point>(m, "Point").def(pybind11::init<double, double>()).def_readwrite("x", &Point::x);
}
"""
USER = POINT + """
PYBIND11_MODULE(user_of_points, m) {
  m.def("sum", [](const Point& p) { return p.x + p.y; });
  m.def("make", [] { return Point{3, 4}; });
}
"""
# The functions of the package nanobind, and what its core and its header have in common: a core that all modules share.
NANOBIND = """
import os
def include_dir(): return os.path.join(os.path.dirname(__file__), "include")
"""
NANOBIND_HEADER = """
#pragma once
#include <Python.h>
#if !defined(NB_SHARED)
#error
#elif defined(NB_BUILD)
#define NB_CORE __attribute__((visibility("default")))
#else
#define NB_CORE
#endif
NB_CORE PyObject* core_module(const char* name);
#define NB_MODULE(name, variable) \\
  static void fill(PyObject*); \\
  extern "C" __attribute__((visibility("default"))) PyObject* PyInit_##name() { \\
    PyObject* m = core_module(#name); fill(m); return m; } \\
  static void fill(PyObject* variable)
"""
NANOBIND_CORE = """
#include <nanobind/nanobind.h>
#include <tsl/robin_map.h>
static int modules = FROM_ROBIN_MAP;
static PyObject* count(PyObject*, PyObject*) { return PyLong_FromLong(modules); }
static PyMethodDef functions[] = {{"count", count, METH_NOARGS, ""}, {nullptr, nullptr, 0, nullptr}};
NB_CORE PyObject* core_module(const char* name) {
  auto* definition = new PyModuleDef{PyModuleDef_HEAD_INIT, name, "", -1, functions, nullptr, nullptr, nullptr, nullptr};
  ++modules;
  return PyModule_Create(definition);
}
"""
NANOBIND_MODULE = '#include <nanobind/nanobind.h>\nNB_MODULE(%s, m) { PyModule_AddIntConstant(m, "number", %d); }\n'


class ExtensionTest(PackageTest):
    def setUp(self):
        super().setUp()
        # For speed: each test has a cache of its own, and none is about the code.
        self.set_environment(DIJITSO_BUILD_PCH="off")

    @staticmethod
    def extension(source, flags=(), **options):
        return dijitso.extension(source, flags=["-O0", *flags], **options)

    def program(self, text):
        path = self.tmp / "program.py"
        path.write_text(f"import dijitso\n{text}\n{COUNTS}")
        return self.run_python("-W", "ignore", path)


class Pybind11Test(ExtensionTest):
    def test_a_module(self):
        source = PYBIND11 % "ext_numbers"
        module = self.extension(source, flags=["-DMACRO=1"])
        self.assertEqual((module.__name__, module.twice(21), module.macro), ("ext_numbers", 42, 1))
        self.assertIs(sys.modules["ext_numbers"], module)
        self.assertTrue(pathlib.Path(module.__file__).name.startswith("libdijitso-ext_numbers_"), module.__file__)
        again, counted = self.counted(lambda: self.extension(source, flags=["-DMACRO=1"]))
        self.assertIs(again, module)
        self.assertEqual(counted, {"memory_hits": 1})
        other = self.extension(source, flags=["-DMACRO=2"])
        self.assertEqual((other.macro, module.macro), (2, 1))

    def test_options_of_compile(self):
        (self.tmp / "mine.pc").write_text("Name: mine\nDescription:\nVersion: 1\nCflags: -DMACRO=5\n")
        self.set_environment(PKG_CONFIG_PATH=str(self.tmp))
        module = dijitso.extension(PYBIND11 % "ext_packages", packages=["mine"], openmp=True, lenient=True)
        self.assertEqual(module.macro, 5)
        with self.assertRaisesRegex(InvalidArgument, "packages must be a list, not 'mine'"):
            dijitso.extension(PYBIND11 % "ext_packages", packages="mine")

    def test_the_name_is_that_of_the_module_however_the_text_says_it(self):
        module = self.extension("#define NAME ext_by_macro\n" + PYBIND11 % "NAME", flags=["-DMACRO=1"], name="other name")
        self.assertEqual((module.__name__, module.twice(1)), ("ext_by_macro", 2))
        self.assertIn("other_name_", module.__file__)

    def test_a_second_process_compiles_nothing(self):
        text = f"print(dijitso.extension({PYBIND11 % 'ext_second'!r}, flags=['-O0', '-DMACRO=1']).twice(2))"
        self.assertEqual(self.program(text), "4.0\n1 True\n")
        self.assertEqual(self.program(text), "4.0\n0 False\n")

    def test_numpy_and_eigen_are_found(self):
        module = self.extension("""
            #include <pybind11/eigen.h>
            #include <numpy/arrayobject.h>
            PYBIND11_MODULE(ext_arrays, m) {
              if (_import_array() < 0) throw pybind11::error_already_set();
              m.def("norm", [](const Eigen::VectorXd& x) { return x.norm(); });
              m.def("ndim", [](pybind11::object x) { return PyArray_NDIM((PyArrayObject*)x.ptr()); });
            }""")
        self.assertEqual((module.norm([3, 4]), module.ndim(numpy.zeros((2, 2)))), (5, 2))

    def test_options_are_those_of_compile(self):
        (self.tmp / "number.h").write_text("#define NUMBER 5\n")
        module = self.extension("""
            #include "number.h"
            #include <pybind11/pybind11.h>
            extern "C" const char* zlibVersion();
            PYBIND11_MODULE(ext_options, m) { m.attr("number") = NUMBER; m.attr("year") = __cplusplus / 100; m.attr("zlib") = zlibVersion(); }
            """, include_dirs=[self.tmp], std="c++17", libraries=["z"], library_dirs=["/usr/lib"], params={"cache": {"cache_dir": "other"}})
        self.assertEqual((module.number, module.year, module.zlib[:1]), (5, 2017, "1"))
        self.assertTrue(module.__file__.startswith(str(self.tmp / "other")))

    def test_errors(self):
        with self.assertRaisesRegex(CompileFailed, "nothing"):
            dijitso.extension("int f() { return nothing; }")
        with self.assertRaisesRegex(ImportError, "PyInit_module_"):
            dijitso.extension("int f() { return 1; }")
        for arguments, message in (({"source": b""}, "is a str, not bytes"), ({"binding": "boost"}, "no binding 'boost': dijitso knows pybind11, nanobind, cython"),
                                   ({"language": "c"}, "with pybind11 cannot be 'c': it is 'c\\+\\+'"), ({"include_dirs": "x"}, "include_dirs must be a list"),
                                   ({"language": "d", "binding": "cython"}, "with cython cannot be 'd': use 'c' or 'c\\+\\+'")):
            with self.assertRaisesRegex(InvalidArgument, message):
                dijitso.extension(**{"source": "", **arguments})


class SharedTypesTest(ExtensionTest):
    """Types go from modules that g++ has compiled with Debian's pybind11 to ours, and back."""

    def compiled_by_gxx(self, source, name):
        (self.tmp / f"{name}.cpp").write_text(source)
        subprocess.run(["/usr/bin/g++", "-O0", "-shared", "-fPIC", "-std=c++17", "-fvisibility=hidden", f"-I{sysconfig.get_path('include')}", f"{name}.cpp",
                        "-o", f"{name}.so"], check=True, env={"PATH": "/usr/bin:/bin"})

    def test_whoever_is_imported_first(self):
        self.compiled_by_gxx(MAKER, "maker_of_points")
        theirs, ours = "import maker_of_points as maker", f"user = dijitso.extension({USER!r}, flags=['-O0'])"
        use = "p = user.make(); print(type(p) is maker.Point, p.x, user.sum(maker.Point(1, 2)))"
        for text in (f"{theirs}; {ours}; {use}", f"{ours}; {theirs}; {use}"):
            self.assertEqual(self.program(f"import sys; sys.path.insert(0, '')\n{text}").splitlines()[0], "True 3.0 3.0")


class NanobindTest(ExtensionTest):
    def setUp(self):
        super().setUp()
        for name, text in {"__init__.py": NANOBIND, "include/nanobind/nanobind.h": NANOBIND_HEADER, "src/nb_combined.cpp": NANOBIND_CORE,
                           "ext/robin_map/include/tsl/robin_map.h": "#define FROM_ROBIN_MAP 10\n"}.items():
            file = self.tmp / "nanobind" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        self.modules = [NANOBIND_MODULE % (f"nb_{i}", i) for i in range(2)]

    def test_the_core_is_compiled_once_and_shared(self):
        text = (f"import sys; sys.path.insert(0, '')\na, b = (dijitso.extension(text, binding='nanobind') for text in {self.modules!r})\n"
                "print(a.__name__, a.number, b.number, a.count(), b.count())")
        self.assertEqual(self.program(text), "nb_0 0 1 12 12\n3 True\n")
        self.assertEqual(self.program(text), "nb_0 0 1 12 12\n0 False\n")
        (self.tmp / "nanobind/src/nb_combined.cpp").write_text(NANOBIND_CORE.replace("++modules", "modules += 2"))
        self.assertIn("nb_0 0 1 14 14\n", self.program(text))

    def test_no_nanobind(self):
        with self.assertRaisesRegex(InvalidArgument, "nanobind cannot be imported .*: install the Python package nanobind"):
            dijitso.extension(self.modules[0], binding="nanobind")


class CythonTest(ExtensionTest):
    def test_both_languages(self):
        source = "# distutils: whatever\nfrom libc.math cimport sqrt\ncimport numpy\ndef root(double x): return sqrt(x)\ndef name(): return __name__\n"
        for language in ("c++", "c"):
            module = dijitso.extension(source, binding="cython", name="ext_roots", language=language)
            self.assertEqual(module.root(16), 4)
            self.assertTrue(module.__name__.startswith("ext_roots_"))
            self.assertEqual(module.name(), module.__name__)

    def test_a_second_process_does_not_import_cython(self):
        text = "print(dijitso.extension('def f(int x): return x + 1', binding='cython').f(1)); import sys; print('Cython' in sys.modules)"
        self.assertEqual(self.program(text), "2\nTrue\n1 True\n")
        self.assertEqual(self.program(text), "2\nFalse\n0 False\n")

    def test_files_that_the_text_names_are_watched(self):
        (self.tmp / "lib").mkdir()
        declarations = self.tmp / "lib" / "declared.pxd"
        text = ("print(dijitso.extension('cimport declared\\ndef f(): return declared.NUMBER', binding='cython', include_dirs=['lib']).f())")
        for number, compiles in ((5, 1), (5, 0), (6, 1)):
            declarations.write_text(f"cdef enum: NUMBER = {number}\n")
            output = self.program(text)
            self.assertTrue(output.startswith(f"{number}\n{compiles} "), output)

    def test_the_messages_of_cython(self):
        with self.assertRaisesRegex(GenerateFailed, r"(?s)Cython cannot translate the text of 'mine_\w+':.*\nmine_\w+\.pyx:2:20: undeclared name not builtin: nothing"):
            dijitso.extension("# 1\ndef f(): return 1 + nothing\n", binding="cython", name="mine")

    def test_threads(self):
        made = {}

        def make(number):
            made[number] = dijitso.extension(f"def f(): return {number}", binding="cython").f()

        threads = [threading.Thread(target=make, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(made, {number: number for number in range(4)})

    def test_no_cython(self):
        text = ("import importlib.util, dijitso.extensions\ndijitso.extensions._folder_of = lambda name: ''\n"
                "try:\n    dijitso.extension('', binding='cython')\nexcept dijitso.errors.InvalidArgument as error:\n    print(error)")
        self.assertIn("Cython is not installed: install the package", self.program(text))


if __name__ == "__main__":
    unittest.main()
