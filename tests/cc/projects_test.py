"""Small projects of the usual kinds give the same results when dijitso-cc builds them as when gcc does."""
import subprocess

import compiler_commands

AUTOCONF = """
AC_INIT([sample], [1.0])
AC_CONFIG_HEADERS([config.h])
AC_PROG_CC
AC_PROG_CXX
AC_C_BIGENDIAN
AC_C_INLINE
AC_C_RESTRICT
AC_TYPE_SIZE_T
AC_CHECK_SIZEOF([long])
AC_CHECK_SIZEOF([long double])
AC_CHECK_HEADERS([stdint.h sys/mman.h no/such/header.h])
AC_CHECK_FUNCS([strdup pipe2 no_such_function])
AC_CHECK_DECLS([strndup, no_such_declaration])
AC_CHECK_MEMBERS([struct stat.st_mtim])
AC_SEARCH_LIBS([cbrt], [m])
AC_LANG_PUSH([C++])
AC_CHECK_HEADERS([optional])
AC_LANG_POP
AC_CONFIG_FILES([Makefile])
AC_OUTPUT
"""

AUTOCONF_MAKEFILE = """
CC = @CC@
CFLAGS = @CFLAGS@
LIBS = @LIBS@
all: program
%.o: %.c config.h
\t$(CC) $(CFLAGS) -MMD -MP -c $< -o $@
program: main.o part.o
\t$(CC) $(CFLAGS) -o $@ main.o part.o $(LIBS)
-include main.d part.d
"""

AUTOCONF_FILES = {
    "configure.ac": AUTOCONF, "Makefile.in": AUTOCONF_MAKEFILE, "part.h": "double part(double);\n",
    "part.c": '#include "part.h"\n#include <math.h>\ndouble part(double x) { return cbrt(x); }\n',
    "main.c": '#include "config.h"\n#include "part.h"\n#include <stdio.h>\n'
              'int main(void) { printf("%s %d %.3f\\n", PACKAGE_STRING, SIZEOF_LONG, part(SIZEOF_LONG)); }\n'}

CMAKE = """
cmake_minimum_required(VERSION 3.20)
project(sample CXX C)
set(CMAKE_CXX_STANDARD 17)
enable_testing()
find_package(Threads REQUIRED)
add_library(shapes STATIC shapes.cpp)
target_include_directories(shapes PUBLIC include)
add_library(plugin MODULE plugin.cpp)
set_target_properties(plugin PROPERTIES PREFIX "" CXX_VISIBILITY_PRESET hidden)
add_library(counts OBJECT counts.c)
set_target_properties(counts PROPERTIES POSITION_INDEPENDENT_CODE ON)
add_library(all_of SHARED $<TARGET_OBJECTS:counts> all_of.cpp)
target_link_libraries(all_of PRIVATE shapes Threads::Threads)
set_target_properties(shapes PROPERTIES POSITION_INDEPENDENT_CODE ON)
add_executable(generator generator.cpp)
add_custom_command(OUTPUT table.inc COMMAND generator > table.inc DEPENDS generator)
add_executable(program main.cpp ${CMAKE_CURRENT_BINARY_DIR}/table.inc)
target_include_directories(program PRIVATE ${CMAKE_CURRENT_BINARY_DIR})
target_link_libraries(program shapes all_of ${CMAKE_DL_LIBS})
add_dependencies(program plugin)
add_test(NAME program COMMAND program $<TARGET_FILE:plugin>)
"""

CMAKE_FILES = {
    "CMakeLists.txt": CMAKE,
    "include/shapes.h": "#pragma once\n#include <memory>\n#include <string>\n#include <vector>\n"
                        "struct Shape { virtual ~Shape() = default; virtual double area() const = 0; };\n"
                        "std::vector<std::unique_ptr<Shape>> shapes();\n",
    "shapes.cpp": '#include "shapes.h"\nnamespace { struct Square : Shape { double side; explicit Square(double s) : side(s) {}\n'
                  "double area() const override { return side * side; } }; }\n"
                  "std::vector<std::unique_ptr<Shape>> shapes() { std::vector<std::unique_ptr<Shape>> all;\n"
                  "for (int i = 1; i < 4; ++i) all.push_back(std::make_unique<Square>(i)); return all; }\n",
    "plugin.cpp": 'extern "C" __attribute__((visibility("default"))) int plugged() { static int calls; return ++calls; }\n',
    "counts.c": "int count_of(const char *text) { int n = 0; while (text[n]) ++n; return n; }\n",
    "all_of.cpp": '#include "shapes.h"\n#include <atomic>\n#include <thread>\nextern "C" int count_of(const char *);\n'
                  "double all_of() { thread_local double sum; std::atomic<int> count{0};\n"
                  "std::thread([&] { count = count_of(\"seven..\"); }).join();\n"
                  "for (const auto &shape : shapes()) sum += shape->area(); return sum + count; }\n",
    "generator.cpp": "#include <cstdio>\nint main() { for (int i = 0; i < 5; ++i) std::printf(\"%d,\\n\", i * i); }\n",
    "main.cpp": '#include "shapes.h"\n#include <dlfcn.h>\n#include <iostream>\n#include <stdexcept>\n#include <typeinfo>\n'
                "double all_of();\nstatic const int table[] = {\n#include \"table.inc\"\n};\n"
                "int main(int, char **argv) { void *plugin = dlopen(argv[1], RTLD_NOW);\n"
                "if (!plugin) { std::cerr << dlerror() << std::endl; return 1; }\n"
                "auto plugged = reinterpret_cast<int (*)()>(dlsym(plugin, \"plugged\")); plugged();\n"
                "try { throw std::out_of_range(\"caught\"); } catch (const std::logic_error &e) { std::cout << e.what() << ' '; }\n"
                "std::cout << all_of() << ' ' << table[4] << ' ' << plugged() << ' ' << typeid(Shape).name() << std::endl; }\n"}

OPENMP_MAKEFILE = """
CXXFLAGS = -O2 -fopenmp -MMD -MP -std=c++17
program: main.o sums.o
\t$(CXX) $(CXXFLAGS) -pthread -o $@ $^ $(LDFLAGS)
-include main.d sums.d
"""

OPENMP_FILES = {
    "Makefile": OPENMP_MAKEFILE, "sums.h": "#pragma once\n#include <vector>\ndouble sum(const std::vector<double> &);\n",
    "sums.cpp": '#include "sums.h"\ndouble sum(const std::vector<double> &v) { double s = 0;\n'
                "#pragma omp parallel for reduction(+ : s) num_threads(3)\n"
                "for (int i = 0; i < static_cast<int>(v.size()); ++i) s += v[i];\nreturn s; }\n",
    "main.cpp": '#include "sums.h"\n#include <condition_variable>\n#include <cstdio>\n#include <mutex>\n#include <numeric>\n#include <thread>\n'
                "int main() { std::vector<double> v(1000); std::iota(v.begin(), v.end(), 1.0); double result = 0; bool done = false;\n"
                "std::mutex m; std::condition_variable c;\n"
                "std::thread t([&] { const double s = sum(v); std::lock_guard<std::mutex> lock(m); result = s; done = true; c.notify_one(); });\n"
                "{ std::unique_lock<std::mutex> lock(m); c.wait(lock, [&] { return done; }); } t.join(); std::printf(\"%.1f\\n\", result); }\n"}

# As zlib does it: a configure script that tries the version script on a library without these symbols; a static and a shared library, and the
# same tests of both.
LIBRARY_CONFIGURE = r"""
set -e
printf 'int hello(void) { return 1; }\n' > try.c
$CC -w -c -O3 -fPIC try.c && $CC -shared -Wl,-soname,libsum.so.1,--version-script,sum.map -O3 -fPIC -o try.so try.o 2>/dev/null && shared=libsum.so.1.2
rm -f try.*
printf 'SHARED = %s\n' "${shared:-none}" > config.mk
"""

LIBRARY_MAKEFILE = """
include config.mk
CFLAGS = -O3 -fPIC -D_LARGEFILE64_SOURCE=1
OBJECTS = sum.o text.o
all: libsum.a $(SHARED)
%.o: %.c sum.h
\t$(CC) $(CFLAGS) -c $< -o $@
libsum.a: $(OBJECTS)
\tar rcs $@ $(OBJECTS)
libsum.so.1.2: $(OBJECTS) sum.map
\t$(CC) -shared -Wl,-soname,libsum.so.1,--version-script,sum.map $(CFLAGS) -o $@ $(OBJECTS) -lm
\tln -sf $@ libsum.so.1; ln -sf $@ libsum.so
test: all
\t$(CC) $(CFLAGS) -o static_test test.c -L. libsum.a -lm && ./static_test
\t$(CC) $(CFLAGS) -o shared_test test.c -L. -lsum -Wl,-rpath,$$PWD && ./shared_test
"""

LIBRARY_FILES = {
    "configure": LIBRARY_CONFIGURE, "Makefile": LIBRARY_MAKEFILE,
    "sum.h": "#include <stddef.h>\nunsigned long sum(const unsigned char *, size_t);\nint sum_text(char *, size_t, const char *);\ndouble sum_root(double);\n",
    "sum.map": "SUM_1.0 {\n  global: sum; sum_root;\n  local: internal_*;\n};\nSUM_1.1 {\n  global: sum_text; sum_of_later;\n} SUM_1.0;\n",
    "sum.c": '#include "sum.h"\n#include <math.h>\nint internal_calls;\n'
             "unsigned long sum(const unsigned char *b, size_t n) { unsigned long s = 1; ++internal_calls; while (n--) s = (s * 31 + *b++) % 65521; return s; }\n"
             "double sum_root(double x) { return sqrt(x); }\n",
    "text.c": '#include "sum.h"\n#include <stdarg.h>\n#include <stdio.h>\n#include <string.h>\n'
              "static int print(char *to, size_t n, const char *form, ...) { va_list all; int r; va_start(all, form); r = vsnprintf(to, n, form, all); va_end(all); return r; }\n"
              'int sum_text(char *to, size_t n, const char *text) { return print(to, n, "%08lx", sum((const unsigned char *)text, strlen(text))); }\n',
    "test.c": '#include "sum.h"\n#include <stdio.h>\n#include <string.h>\nint main(int argc, char **argv) { char text[20]; (void)argc;\n'
              'sum_text(text, sizeof text, "a text"); printf("%s %.1f %s\\n", strrchr(argv[0], \'/\') + 1, sum_root(9), text); return 0; }\n'}

GCC = ("gcc", "g++")
DIJITSO = ("dijitso-cc", "dijitso-c++")


class ProjectsTest(compiler_commands.CommandTest):
    def start(self, *words, cwd, compilers):
        done = subprocess.run(words, cwd=cwd, env={**self.env, "CC": compilers[0], "CXX": compilers[1]}, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def results(self, files, build):
        """What `build` gives with gcc, and with dijitso-cc twice, each in a folder of its own."""
        given = []
        for folder, compilers in (("gcc", GCC), ("cold", DIJITSO), ("warm", DIJITSO)):
            compiler_commands.write_files(self.work / folder, files)
            given.append(build(self.work / folder, lambda *words: self.start(*words, cwd=self.work / folder, compilers=compilers)))
        return given

    def test_autoconf(self):
        def build(folder, start):
            start("autoheader")
            start("autoconf")
            start("./configure", "CFLAGS=-O2")
            start("make", "-j2")
            return start("./program"), (folder / "config.h").read_text()
        of_gcc, cold, warm = self.results(AUTOCONF_FILES, build)
        self.assertEqual(of_gcc[0], "sample 1.0 8 2.000\n")
        self.assertEqual((cold, warm), (of_gcc, of_gcc))

    def test_library_with_its_tests(self):
        def build(folder, start):
            start("sh", "configure")
            start("make", "-j2")
            printed = [line for line in start("make", "test").splitlines() if line.startswith(("static_test", "shared_test"))]
            symbols = start("readelf", "--dyn-syms", "--wide", "libsum.so").splitlines()
            return printed, sorted(line.split()[7] for line in symbols if "SUM_" in line and " FUNC " in line)
        of_gcc, cold, warm = self.results(LIBRARY_FILES, build)
        self.assertEqual(of_gcc[1], ["sum@@SUM_1.0", "sum_root@@SUM_1.0", "sum_text@@SUM_1.1"])
        self.assertEqual([line.split()[1] for line in of_gcc[0]], ["3.0", "3.0"])
        self.assertEqual((cold, warm), (of_gcc, of_gcc))

    def test_cmake_project_with_several_targets(self):
        def build(folder, start):
            start("cmake", "-S", ".", "-B", "build", "-DCMAKE_BUILD_TYPE=Release")
            start("cmake", "--build", "build", "-j2")
            start("ctest", "--test-dir", "build")
            return start("build/program", folder / "build" / "plugin.so")
        self.assertEqual(self.results(CMAKE_FILES, build), ["caught 21 16 2 5Shape\n"] * 3)

    def test_makefile_with_openmp_and_threads(self):
        def build(folder, start):
            start("make", "LDFLAGS=-L/usr/lib/llvm-14/lib")
            compiled = len(self.entries())
            compiler_commands.write_files(folder, {"sums.h": OPENMP_FILES["sums.h"]})
            self.assertIn("sums.cpp", start("make", "LDFLAGS=-L/usr/lib/llvm-14/lib"))
            self.assertEqual(len(self.entries()), compiled)
            return start("./program")
        self.assertEqual(self.results(OPENMP_FILES, build), ["500500.0\n"] * 3)
        self.assertEqual(len(self.entries()), 2)  # also for the second folder


if __name__ == "__main__":
    compiler_commands.main()
