"""Commands of a compiler, run in the process: which are taken, what they make, and how they fail."""
import ctypes
import subprocess
import unittest

from case import HooksTest
from dijitso.errors import InvalidArgument
from dijitso.hooks import _command


class CommandTest(HooksTest):
    def run_it(self, *words):
        command = _command.parse([str(word) for word in words])
        self.assertIsNotNone(command)
        _command.run(command)

    def failure(self, *words):
        with self.assertRaises(_command.CommandFailed) as caught:
            self.run_it(*words)
        return str(caught.exception)


class ParseTest(CommandTest):
    def test_a_compile(self):
        command = _command.parse("x86_64-linux-gnu-gcc -O2 -I inc -DA=1 -c a.c -o b/a.o".split())
        self.assertEqual(command, _command.Command(["a.c"], [], [["-O2"], ["-I", "inc"], ["-DA=1"]], "b/a.o", False, False, False))
        self.assertTrue(_command.parse("g++ -c a.c -o a.o".split()).is_cxx)
        self.assertEqual(_command.parse("/usr/bin/ccache g++ -c a.c -o a.o".split()), _command.parse("g++ -c a.c -o a.o".split()))
        self.assertTrue(_command.parse("/usr/bin/mpicc -c a.c -o a.o".split()).is_mpi)

    def test_a_link(self):
        command = _command.parse("gcc -shared -Wl,-O1 a.o b.a libc.so libm.so.6 -L dir -lm -o m.so".split())
        self.assertEqual(command, _command.Command([], ["a.o", "b.a", "libc.so", "libm.so.6"], [["-Wl,-O1"], ["-L", "dir"], ["-lm"]],
                                                   "m.so", True, False, False))

    def test_what_is_left_to_others(self):
        for words in ("gcc -c a.f90 -o a.o", "gcc -E a.c -o a.i", "gcc a.o -o program", "gcc --version", "gcc -c a.c b.c -o a.o", "gcc -c a.c",
                      "gcc -MD -c a.c -o a.o", "gcc -x cuda -c a.c -o a.o", "ar rcs a.a a.o", "gcc -c -shared a.c -o a.o", "gcc"):
            self.assertIsNone(_command.parse(words.split()), words)


class RunTest(CommandTest):
    def test_objects_become_a_library(self):
        self.write("one.c", '#include "value.h"\nint two(void); int one(void) { return two() + VALUE; }\n')
        self.write("value.h", "#define VALUE 1\n")
        self.write("two.cpp", '#include <string>\nextern "C" int two() { return std::to_string(std::string("ab").size() * 20)[0] - 8; }\n')
        self.write("out/empty", "")

        def build():
            self.run_it("gcc", "-O2", "-fPIC", "-c", "one.c", "-o", "out/one.o")
            self.run_it("gcc", "-O2", "-fPIC", "-c", "two.cpp", "-o", self.tmp / "out/two.o")
            self.run_it("g++", "-shared", "out/one.o", "out/two.o", "-o", "out/ours.so")

        self.assertEqual(self.compiles(build), 3)
        self.assertEqual(ctypes.CDLL(str(self.tmp / "out/ours.so")).one(), 45)
        self.assertEqual(self.compiles(build), 0)
        self.write("value.h", "#define VALUE 2\n")
        self.assertEqual(self.compiles(build), 2)  # not two.cpp
        self.assertEqual(sorted(path.name for path in (self.tmp / "out").iterdir()), ["empty", "one.o", "ours.so", "two.o"])

    def test_the_same_text_in_another_folder_is_compiled_once(self):
        for folder in ("a", "b"):
            self.write(f"{folder}/m.c", "#include <stdint.h>\nint m(void) { return 5; }\n")

        def build(folder):
            self.run_it("gcc", "-c", f"{folder}/m.c", "-o", f"{folder}/m.o")
            self.run_it("gcc", "-shared", f"{folder}/m.o", "-o", f"{folder}/m.so")

        self.assertEqual(self.compiles(lambda: build("a")), 2)
        self.assertEqual(self.compiles(lambda: build("b")), 0)

    def test_two_processes_compile_once(self):
        """As all hooks do: a text in a folder for each process, to an object and a library."""
        program = self.write("build.py", "import os\nimport dijitso\nfrom dijitso.hooks import _command\nos.makedirs(os.environ['WHERE'])\n"
                             "os.chdir(os.environ['WHERE'])\nopen('m.c', 'w').write('int m(void) { return 7; }')\n"
                             "for words in ('gcc -c m.c -o m.o', 'gcc -shared m.o -o m.so'):\n    _command.run(_command.parse(words.split()))\n"
                             "print(dijitso._dijitso.counters()['compiles'])\n")
        self.assertEqual(self.compiles_of_two(program, environments=[{"WHERE": "a"}, {"WHERE": "b"}]), 2)
        self.assertEqual([ctypes.CDLL(str(self.tmp / folder / "m.so")).m() for folder in ("a", "b")], [7, 7])

    def test_objects_of_another_process_and_of_a_compiler_are_linked(self):
        self.set_environment(PATH="/usr/bin:/bin")
        self.write("one.c", "int two(void); int one(void) { return two() + 1; }\n")
        theirs = self.write("two.c", "int two(void) { return 41; }\n").with_suffix(".o")
        subprocess.run(["gcc", "-fPIC", "-c", "two.c", "-o", theirs], check=True)
        self.run_it("gcc", "-fPIC", "-c", "one.c", "-o", "one.o")
        _command._objects.clear()
        self.run_it("gcc", "-shared", "one.o", theirs, "-o", "m.so")
        self.assertEqual(ctypes.CDLL(str(self.tmp / "m.so")).one(), 42)
        subprocess.run(["gcc", "-shared", "one.o", theirs, "-o", "theirs.so"], check=True)
        self.assertEqual(ctypes.CDLL(str(self.tmp / "theirs.so")).one(), 42)

    def test_one_command_may_compile_and_link(self):
        self.write("m.c", "#include <math.h>\n#include <mpi.h>\ndouble m(double x) { return cbrt(x) + K; }\n")
        self.run_it("mpicc", "-shared", "-DK=1", "-fPIC", "m.c", "-o", "m.so", "-lm")
        m = ctypes.CDLL(str(self.tmp / "m.so")).m
        m.restype, m.argtypes = ctypes.c_double, [ctypes.c_double]
        self.assertEqual(m(27), 4)

    def test_what_gcc_warns_about_is_no_error(self):
        self.write("m.c", "int *p(void) { double x = 1, *q = &x; int *r = q; return 5; }\nint m(void) { return undeclared(3); }\n")
        self.run_it("gcc", "-c", "m.c", "-o", "m.o")
        self.write("m.cpp", "double d = 2; int q[] = {d};\n")
        self.run_it("gcc", "-c", "m.cpp", "-o", "m.o")


class FailureTest(CommandTest):
    def test_a_message_names_file_and_line_of_the_user(self):
        self.write("src/bad.c", "int x;\nint f(void) { return undeclared; }\n")
        self.write("out/empty", "")
        said = self.failure("gcc", "-c", "src/bad.c", "-o", "out/bad.o")
        self.assertRegex(said, r"^src/bad\.c:2:\d+: error: use of undeclared identifier 'undeclared'\n")
        self.assertNotIn("/dijitso", said)
        self.assertEqual([path.name.split("-")[0] for path in self.tmp.glob("jitfailure*")], [])
        self.assertEqual(len(list(self.tmp.glob("out/jitfailure-bad-*"))), 1)
        self.assertFalse((self.tmp / "out/bad.o").exists())

    def test_files_that_are_not_there(self):
        self.assertIn("No such file or directory: 'no_such.c'", self.failure("gcc", "-c", "no_such.c", "-o", "m.o"))
        self.assertIn("no_such.o", self.failure("gcc", "-shared", "no_such.o", "-o", "m.so"))
        self.write("m.c", "int m;\n")
        self.assertIn("no_such_folder", self.failure("gcc", "-c", "m.c", "-o", "no_such_folder/m.o"))
        self.assertIn("no_such_library", self.failure("gcc", "-shared", "m.c", "-lno_such_library", "-o", "m.so"))

    def test_a_flag_that_would_load_code_is_refused(self):
        self.write("m.c", "int m;\n")
        with self.assertRaisesRegex(InvalidArgument, "-fplugin"):
            self.run_it("gcc", "-fplugin=x.so", "-c", "m.c", "-o", "m.o")


if __name__ == "__main__":
    unittest.main()
