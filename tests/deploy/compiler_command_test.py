"""compiler_command_test.py BUNDLE: what starts a compiler by its name, unmodified, on a node where the bundle's compiler commands are the only ones: no
gcc, no binutils, no headers of the system and no start files of a compiler. It has CMake, Ninja, a shell, and Python with packages."""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import node

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "cc"))
import generated_code  # noqa: E402

HOME = "/opt/dijitso"  # of the bundle there
PYTHON = pathlib.Path("/usr/bin/python3")

# Without static libraries: making these is the work of `ar`.
CMAKE = """
cmake_minimum_required(VERSION 3.20)
project(sample CXX C)
set(CMAKE_CXX_STANDARD 17)
find_package(Threads REQUIRED)
add_library(counts OBJECT counts.c)
set_target_properties(counts PROPERTIES POSITION_INDEPENDENT_CODE ON)
add_library(shapes SHARED shapes.cpp $<TARGET_OBJECTS:counts>)
add_executable(generator generator.c)
add_custom_command(OUTPUT table.inc COMMAND generator > table.inc DEPENDS generator)
add_executable(program main.cpp ${CMAKE_CURRENT_BINARY_DIR}/table.inc)
target_include_directories(program PRIVATE ${CMAKE_CURRENT_BINARY_DIR})
target_link_libraries(program shapes Threads::Threads)
"""

FILES = {
    "CMakeLists.txt": CMAKE,
    "counts.c": "int count_of(const char *text) { int n = 0; while (text[n]) ++n; return n; }\n",
    "shapes.cpp": "#include <memory>\n#include <vector>\nextern \"C\" int count_of(const char *);\nstruct Shape { virtual ~Shape() = default; virtual int area() const = 0; };\n"
                  "struct Square : Shape { int side; explicit Square(int s) : side(s) {} int area() const override { return side * side; } };\n"
                  "int area() { std::vector<std::unique_ptr<Shape>> all; for (int i = 1; i < 4; ++i) all.push_back(std::make_unique<Square>(i));\n"
                  "int sum = count_of(\"seven..\"); for (const auto &shape : all) sum += shape->area(); return sum; }\n",
    "generator.c": "#include <stdio.h>\nint main(void) { for (int i = 0; i < 5; ++i) printf(\"%d,\\n\", i * i); return 0; }\n",
    "main.cpp": "#include <cstdlib>\n#include <iostream>\n#include <stdexcept>\n#include <thread>\nint area();\nstatic const int table[] = {\n#include \"table.inc\"\n};\n"
                "struct Order { Order() { std::cout << \"begin \"; } ~Order() { std::cout << \"end\" << std::endl; } } order;\n"
                "int main(int argc, char **argv) { std::atexit([] { std::cout << \"exit \"; }); thread_local int own = 1; int result = 0;\n"
                "std::thread([&] { own = 5; try { throw std::runtime_error(\"x\"); } catch (const std::exception &) { result = area() + table[4] + own; } }).join();\n"
                "std::cout << result << ' ' << own << ' ' << argc << ' ' << argv[1] << ' ' << std::getenv(\"GREETING\") << ' '; return 3; }\n"}


class CompilerCommandTest(unittest.TestCase):
    def setUp(self):
        tmp = tempfile.TemporaryDirectory()
        self.addCleanup(tmp.cleanup)
        self.tmp = pathlib.Path(tmp.name)
        self.node = node.Node(self.tmp / "node")
        self.node.mount(BUNDLE, HOME)
        for program in "/bin/sh", "/usr/bin/cmake", "/usr/bin/ninja", PYTHON:
            self.node.copy(program)
        libraries = os.path.realpath(next(path for path in node.needed_by("/bin/true") if path.name == "libc.so.6").parent)
        for directory in libraries, f"/usr/lib/{PYTHON.resolve().name}", "/usr/lib/python3", *map(str, pathlib.Path("/usr/share").glob("cmake-*")):
            self.node.mount(directory, directory)
        self.node.mount("/etc/alternatives", "/etc/alternatives")

    def run_there(self, *command, code=0, **env):
        done = self.node.run(*command, env={"PATH": f"{HOME}/bin:/usr/bin:/bin", "LD_LIBRARY_PATH": HOME + "/lib", "HOME": "/cache", "CC": "dijitso-cc",
                                            "CXX": "dijitso-c++", "DIJITSO_CACHE_DIR": "/cache/dijitso", "OPENBLAS_NUM_THREADS": "1", **env})
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout

    def test_there_is_no_other_compiler(self):
        found = self.run_there(PYTHON, "-c", "import os, shutil; print(*map(shutil.which, ['cc', 'gcc', 'g++', 'clang', 'ld', 'as', 'ar']),"
                               "*map(os.path.exists, ['/usr/include', '/usr/lib/gcc', '/usr/lib/llvm-22']))")
        self.assertEqual(set(found.split()), {"None", "False"})

    def test_cmake(self):
        for name, text in FILES.items():
            path = self.node.root / "cache" / "source" / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        self.run_there("/bin/sh", "-e", "-c", "cmake -G Ninja -S /cache/source -B /cache/build && cmake --build /cache/build")
        said = self.run_there("/cache/build/program", "word", code=3, GREETING="hello")
        self.assertEqual(said, "begin 42 1 2 word hello exit end\n")

    def test_python_packages(self):
        """FFCx with CFFI, Cython.inline, SymPy's autowrap, and pip, which installs a small extension."""
        version = PYTHON.resolve().name
        parts = ",".join(str(path.relative_to("/usr/include")) for path in pathlib.Path("/usr/include").glob(f"*/{version}"))
        subprocess.run([BUNDLE / "bin" / "dijitso-cache", "pack-headers", "-o", self.tmp / "python.pack", "--include-dir", f"/usr/include/{version}",
                        "--include-dir", f"/usr/include:{parts}"], check=True, capture_output=True)
        self.node.copy(self.tmp / "python.pack", "/test/python.pack")
        for name, wanted in ("PIP", "42"), ("CYTHON", "13"), ("SYMPY", "10.0"), ("FFCX", "1.25 0.0833333333333 "):
            (self.node.root / "cache" / name).mkdir()
            (self.node.root / "test" / "program.py").write_text(getattr(generated_code, name))
            said = self.run_there("/bin/sh", "-c", f"cd /cache/{name} && exec python3 -W ignore /test/program.py",
                                  DIJITSO_BUILD_HEADER_PACKS="default /test/python.pack")
            self.assertTrue(said.splitlines()[-1].startswith(wanted), said)


if __name__ == "__main__":
    BUNDLE = pathlib.Path(sys.argv[1])
    unittest.main(argv=sys.argv[:1] + sys.argv[2:])
