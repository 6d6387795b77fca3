"""CFFI in API mode, unmodified, with no compiler: compile() and verify()."""
import contextlib
import importlib
import io
import os
import pathlib
import sys
import unittest

import cffi
import cffi.ffiplatform
import dijitso
from case import HooksTest
from dijitso.errors import DijitsoError

DECLARATIONS = """
typedef struct { int x; double y[3]; ...; } point;
extern int counter; static const int LIMIT; enum color { RED, GREEN = 5 };
double norm(point *p); int apply(int (*f)(int), int x); int sum(int count, ...); extern "Python" int from_python(int); int call_python(int);
int helper(int);
"""
SOURCE = """
#include <math.h>
#include <stdarg.h>
#include "helper.h"
typedef struct { long hidden; int x; double y[3]; } point;
int counter = 5;
enum color { RED, GREEN = 5 };
static double norm(point *p) { return sqrt(p->y[0] * p->y[0] + p->y[1] * p->y[1]); }
static int apply(int (*f)(int), int x) { return f(x) + counter; }
static int sum(int count, ...) { va_list l; va_start(l, count); int s = 0; while (count--) s += va_arg(l, int); va_end(l); return s; }
static int from_python(int);
static int call_python(int x) { return from_python(x) + 1; }
"""
BAD = "static int answer(void) {\n  return undeclared_thing;\n}\n"


class CompileTest(HooksTest):
    def setUp(self):
        super().setUp()
        dijitso.install("cffi")
        importlib.invalidate_caches()

    def builder(self, name, **more):
        ffi = cffi.FFI()
        ffi.cdef(DECLARATIONS)
        ffi.set_source(name, SOURCE, sources=["helper.c"], include_dirs=[str(self.tmp)], libraries=["m"], **more)
        self.write("helper.h", "#define LIMIT 77\nextern int helper(int);\n")
        self.write("helper.c", '#include "helper.h"\nint helper(int x) { return x + LIMIT; }\n')
        return ffi

    def test_a_module_of_several_sources(self):
        path = self.builder("c_module_of_ours").compile(tmpdir=str(self.tmp))
        module = importlib.import_module("c_module_of_ours")
        self.assertEqual((module.__file__, sys.modules["c_module_of_ours"]), (path, module))
        ffi, lib = module.ffi, module.lib
        point = ffi.new("point *", {"x": 1, "y": [3, 4, 0]})
        self.assertEqual((lib.norm(point), ffi.sizeof("point")), (5, 40))
        self.assertEqual((lib.counter, lib.LIMIT, lib.GREEN, lib.helper(1)), (5, 77, 5, 78))
        lib.counter = 7
        self.assertEqual(lib.apply(ffi.callback("int(int)", lambda x: 2 * x), 10), 27)
        self.assertEqual(lib.sum(3, *(ffi.cast("int", i) for i in (1, 2, 3))), 6)
        ffi.def_extern("from_python")(lambda x: 10 * x)
        self.assertEqual(lib.call_python(4), 41)
        self.assertEqual(ffi.addressof(lib, "counter")[0], 7)

    def test_a_second_program_compiles_nothing(self):
        program = self.write("build.py", "import cffi, dijitso, os\nffi = cffi.FFI()\nffi.cdef('int f(int);')\n"
                             "ffi.set_source('f_of_ours', '#include <stdio.h>\\nstatic int f(int x) { return x + 1; }')\n"
                             "os.makedirs(os.environ['WHERE'], exist_ok=True)\nffi.compile(tmpdir=os.environ['WHERE'])\n"
                             "import sys; sys.path.insert(0, os.environ['WHERE'])\nimport f_of_ours\n"
                             "print(f_of_ours.lib.f(1), dijitso._dijitso.counters()['compiles'])\n")
        for folder, expected in (("a", "2 2\n"), ("b", "2 0\n"), ("a", "2 0\n")):
            self.assertEqual(self.run_python("-m", "dijitso.run", program, WHERE=str(self.tmp / folder)), expected)

    def test_cxx(self):
        ffi = cffi.FFI()
        ffi.cdef("int length(const char *);")
        ffi.set_source("cxx_module_of_ours", "#include <string>\nstatic int length(const char *s) { return std::string(s).size(); }",
                       source_extension=".cpp")
        ffi.compile(tmpdir=str(self.tmp))
        self.assertEqual(importlib.import_module("cxx_module_of_ours").lib.length(b"four"), 4)

    def test_a_package_and_a_target(self):
        self.write("package_for_cffi/__init__.py", "")
        ffi = cffi.FFI()
        ffi.cdef("int f(void);")
        ffi.set_source("package_for_cffi._f", "static int f(void) { return 9; }")
        ffi.compile(tmpdir=str(self.tmp), target="somewhere.*")
        self.assertEqual(len(list(self.tmp.glob("package_for_cffi/somewhere.*"))), 1)
        ffi.compile(tmpdir=str(self.tmp))
        self.assertEqual(importlib.import_module("package_for_cffi._f").lib.f(), 9)

    def test_arguments_of_an_extension(self):
        for variables in ({}, {"CFLAGS": "-DY=1"}):  # with flags in the environment setuptools compiles
            self.set_environment(**variables)
            ffi = cffi.FFI()
            ffi.cdef("int f(void);")
            ffi.set_source(f"arguments_of_ours{len(variables)}", "#ifdef GONE\n#error\n#endif\nstatic int f(void) { return A + B + C; }",
                           define_macros=[("A", "1"), ("B", None)], undef_macros=["GONE"], extra_compile_args=["-DC=20"], language="c",
                           extra_link_args=["-Wl,-z,now"], library_dirs=[str(self.tmp)], runtime_library_dirs=["/opt/ours"])
            path = ffi.compile(tmpdir=str(self.tmp), debug=True)
            self.assertEqual(importlib.import_module(f"arguments_of_ours{len(variables)}").lib.f(), 22)
            self.assertIn(b"/opt/ours", pathlib.Path(path).read_bytes())

    def test_what_is_not_c_goes_the_old_way(self):
        ffi = cffi.FFI()
        ffi.cdef("int f(void);")
        ffi.set_source("other_module_of_ours", "", sources=["f.m"])
        self.write("f.m", "")
        with self.assertLogs("dijitso", "WARNING") as logs, self.assertRaises(cffi.VerificationError):
            ffi.compile(tmpdir=str(self.tmp))
        self.assertIn("not C or C++ for a library", logs.output[0])

    def test_setuptools_is_not_imported(self):
        program = self.write("build.py", "import cffi, sys\nffi = cffi.FFI()\nffi.cdef('int f(int);')\n"
                             "ffi.set_source('g_of_ours', 'static int f(int x) { return x + 1; }')\nffi.compile(verbose=1)\n"
                             "print('setuptools' in sys.modules, 'distutils.core' in sys.modules)\n")
        output = self.run_python("-m", "dijitso.run", program)
        self.assertIn("gcc -shared", output)
        self.assertTrue(output.endswith("False False\n"), output)

    def test_verify(self):
        ffi = cffi.FFI()
        ffi.cdef("double twice(double);")
        lib = ffi.verify("static double twice(double x) { return 2 * x; }", tmpdir=str(self.tmp / "verify"))
        self.assertEqual(lib.twice(4), 8)

    def test_wrong_code_raises_what_cffi_raises(self):
        ffi = cffi.FFI()
        ffi.cdef("int answer(void);")
        ffi.set_source("bad_module_of_ours", BAD)
        with self.assertRaisesRegex(cffi.VerificationError, r"bad_module_of_ours\.c:\d+:10: error: use of undeclared identifier 'undeclared_thing'"):
            ffi.compile(tmpdir=str(self.tmp))
        ffi = cffi.FFI()
        ffi.cdef("int answer(void);")
        with self.assertRaisesRegex(cffi.VerificationError, r"_cffi_\w+\.c:\d+:10: error: use of undeclared identifier 'undeclared_thing'"):
            ffi.verify(BAD, tmpdir=str(self.tmp / "verify"))

    def test_two_processes_compile_once(self):
        program = self.write("build.py", "import cffi, dijitso\nffi = cffi.FFI()\nffi.cdef('int f(int);')\n"
                             "ffi.set_source('both', '#include <stdio.h>\\nstatic int f(int x) { return x + 1; }')\nffi.compile()\n"
                             "from both import lib\nassert lib.f(1) == 2\nprint(dijitso._dijitso.counters()['compiles'])\n")
        self.assertEqual(self.compiles_of_two("-m", "dijitso.run", "--hooks=cffi", program, environments=[{}, {}]), 2)

    def test_without_the_hook_a_compiler_is_started(self):
        dijitso.uninstall("cffi")
        with contextlib.redirect_stderr(io.StringIO()), self.assertRaises(cffi.VerificationError):
            self.builder("stock_module_of_ours").compile(tmpdir=str(self.tmp))

    def test_an_unknown_cffi_is_refused(self):
        dijitso.uninstall("cffi")
        self.addCleanup(setattr, cffi.ffiplatform, "_build", cffi.ffiplatform._build)
        cffi.ffiplatform._build = lambda ext: None
        with self.assertRaisesRegex(DijitsoError, "'cffi' does not know this cffi.ffiplatform, whose _build takes ext: use cffi 1.15 to"):
            dijitso.install("cffi")
        self.assertEqual(os.listdir(self.tmp), [])


if __name__ == "__main__":
    unittest.main()
