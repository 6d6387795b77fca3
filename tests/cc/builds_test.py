"""Build systems use dijitso-cc as their compiler, unmodified: make, CMake, configure scripts, setuptools and CFFI."""
import subprocess
import sys

import compiler_commands

LIBRARY = {
    "lib.h": "#ifdef __cplusplus\nextern \"C\"\n#endif\nint twice(int);\n",
    "lib.c": '#include "lib.h"\nint twice(int x) { return 2 * x; }\n',
    "main.cpp": '#include "lib.h"\n#include <iostream>\n#include <stdexcept>\n#include <thread>\n'
                "int main() {\n  int result = 0;\n  std::thread([&] {\n    try { throw std::runtime_error(\"x\"); }\n"
                "    catch (const std::exception &) { result = twice(21); }\n  }).join();\n"
                "  std::cout << result << std::endl;\n}\n",
}

MAKEFILE = """
CFLAGS = -O2 -g -Wall -MMD -MP
CXXFLAGS = -O2 -g -Wall -MMD -MP -pthread
all: program
lib.a: lib.o
\t$(AR) rcs $@ $^
program: main.o lib.a
\t$(CXX) -pthread -o $@ $^
-include lib.d main.d
"""

CMAKE = """
cmake_minimum_required(VERSION 3.20)
project(sample C CXX)
set(CMAKE_CXX_STANDARD 17)
find_package(Threads REQUIRED)
include(CheckCCompilerFlag)
include(CheckFunctionExists)
include(CheckIncludeFile)
check_c_compiler_flag(-Wall HAS_WALL)
check_c_compiler_flag(-fnonsense HAS_NONSENSE)
check_function_exists(puts HAS_PUTS)
check_function_exists(no_such_function HAS_NO_SUCH)
check_include_file(stdio.h HAS_STDIO)
if(NOT HAS_WALL OR HAS_NONSENSE OR NOT HAS_PUTS OR HAS_NO_SUCH OR NOT HAS_STDIO)
  message(FATAL_ERROR "checks: ${HAS_WALL} ${HAS_NONSENSE} ${HAS_PUTS} ${HAS_NO_SUCH} ${HAS_STDIO}")
endif()
add_library(of_objects STATIC lib.c)
add_library(shared SHARED lib.c)
set_target_properties(shared PROPERTIES VERSION 1.2 SOVERSION 1)
add_executable(with_static main.cpp)
target_link_libraries(with_static of_objects Threads::Threads)
add_executable(with_shared main.cpp)
target_link_libraries(with_shared shared Threads::Threads)
"""

CONFIGURE = r"""
set -e
try_compile() { printf '%s\n' "$1" > conftest.c; rm -f conftest.o; $CC $CFLAGS -c conftest.c > log 2>&1 && test -s conftest.o; }
try_link() { printf '%s\n' "$1" > conftest.c; rm -f conftest; $CC $CFLAGS -o conftest conftest.c $LIBS > log 2>&1 && test -x conftest; }
CFLAGS="-g -O2"; LIBS=
try_link 'int main(void) { return 0; }'
./conftest
try_compile '#ifndef __GNUC__
choke me
#endif'
try_compile '#include <stdint.h>
static int test_array[1 - 2 * !(((long int) (sizeof (void *))) >= 8)];'
! try_compile '#include <no/such/header.h>'
! try_link 'char no_such_function (); int main (void) { return no_such_function (); }'
LIBS=-lm try_link 'char sin (); int main (void) { return sin (); }'
printf '#include <stdio.h>\n' > conftest.c
$CC -E conftest.c > conftest.i
grep -q 'puts' conftest.i
$CC --version > version
test -n "$($CC -print-prog-name=ld)"
printf 'int f(void);\nint main(void) { return 0; }\n' > conftest.c
$CC -M -MT conftest.o conftest.c > conftest.d
grep -q '^conftest.o: conftest.c' conftest.d
rm -f conftest*
"""

SETUP = """
from setuptools import Extension, setup
setup(name="sample", ext_modules=[Extension("sample", ["sample.c"])])
"""

EXTENSION = r"""
#include <Python.h>
static PyObject *answer(PyObject *self, PyObject *args) { return PyLong_FromLong(42); }
static PyMethodDef methods[] = {{"answer", answer, METH_NOARGS, ""}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "sample", NULL, -1, methods};
PyMODINIT_FUNC PyInit_sample(void) { return PyModule_Create(&module); }
"""

CFFI = """
import cffi
builder = cffi.FFI()
builder.cdef("int twice(int);")
builder.set_source("_sample", "int twice(int x) { return 2 * x; }")
builder.compile(verbose=False)
import _sample
print(_sample.lib.twice(21))
"""


class BuildsTest(compiler_commands.CommandTest):
    def setUp(self):
        super().setUp()
        self.env.update(CC="dijitso-cc", CXX="dijitso-c++")

    def start(self, *words, cwd=None):
        done = subprocess.run(words, cwd=cwd or self.work, env=self.env, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def test_make(self):
        compiler_commands.write_files(self.work, {**LIBRARY, "Makefile": MAKEFILE})
        self.start("make", "-j2")
        self.assertEqual(self.start("./program"), "42\n")
        self.assertEqual(len(self.entries()), 2)
        self.assertIn("up to date", self.start("make", "program"))
        # The rules that were written make it compile again, and everything is in the cache.
        compiler_commands.write_files(self.work, {"lib.h": LIBRARY["lib.h"]})
        self.assertIn("lib.c", self.start("make"))
        self.assertEqual(len(self.entries()), 2)

    def test_cmake(self):
        compiler_commands.write_files(self.work, {**LIBRARY, "CMakeLists.txt": CMAKE})
        for build in ("build", "again"):
            self.start("cmake", "-S", ".", "-B", build)
            self.start("cmake", "--build", build)
            for program in ("with_static", "with_shared"):
                self.assertEqual(self.start("./%s/%s" % (build, program)), "42\n")

    def test_configure(self):
        compiler_commands.write_files(self.work, {"configure": CONFIGURE})
        self.start("sh", "-x", "configure")

    def test_setuptools(self):
        compiler_commands.write_files(self.work, {"setup.py": SETUP, "sample.c": EXTENSION})
        self.start(sys.executable, "setup.py", "-q", "build_ext", "--inplace")
        self.assertEqual(self.start(sys.executable, "-c", "import sample; print(sample.answer())"), "42\n")
        self.assertEqual(len(self.entries()), 1)

    def test_cffi(self):
        compiler_commands.write_files(self.work, {"build.py": CFFI})
        self.assertEqual(self.start(sys.executable, "build.py"), "42\n")
        self.assertEqual(len(self.entries()), 1)


if __name__ == "__main__":
    compiler_commands.main()
