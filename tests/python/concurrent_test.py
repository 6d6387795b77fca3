"""Futures, several requests at once, and code in two tiers from Python."""
import os
import subprocess
import sys
import unittest

import dijitso
from dijitso.errors import CompileFailed, InvalidArgument
from package import ANSWER, PackageTest, gives, never


def number(value):
    return gives(f'extern "C" int answer() {{ return {value}; }}')


class ConcurrentTest(PackageTest):
    def setUp(self):
        super().setUp()
        self.params = {"build": {"jobs": 4}}

    def test_a_future(self):
        future = dijitso.jit_async(None, "m", self.params, gives(ANSWER))
        self.assertEqual(future.signature, "m")
        self.assertEqual(future.result().answer(), 42)
        self.assertTrue(future.is_ready())
        self.assertIs(future.result(), future.result())
        self.assertIs(dijitso.jit(None, "m", self.params, never)[0], future.result())

    def test_a_future_of_wrong_code_raises_each_time(self):
        future = dijitso.jit_async(None, "m", self.params, gives("this is no C++"))
        for _ in range(2):
            with self.assertRaisesRegex(CompileFailed, "'m' does not compile"):
                future.result()

    def test_what_is_wrong_before_the_compile_is_raised_at_once(self):
        with self.assertRaises(ZeroDivisionError):
            dijitso.jit_async(None, "m", self.params, lambda *args: 1 // 0)
        with self.assertRaises(InvalidArgument):
            dijitso.jit_async(None, "m", self.params)
        with self.assertRaises(InvalidArgument):
            dijitso.jit_async(None, 5, self.params, never)

    def test_many(self):
        requests = [(None, f"m{i}", self.params, number(i)) for i in range(6)]
        libraries, counted = self.counted(lambda: dijitso.jit_many(requests))
        self.assertEqual([(lib.answer(), name) for lib, name in libraries], [(i, f"m{i}") for i in range(6)])
        self.assertEqual(counted["compiles"], 6)
        self.assertEqual(dijitso.jit_many(iter(requests)), libraries)
        self.assertEqual(dijitso.jit_many([]), [])
        with self.assertRaisesRegex(CompileFailed, "'bad' does not compile"):
            dijitso.jit_many([(None, "good", self.params, number(1)), (None, "bad", self.params, gives("nonsense"))])
        self.assertEqual(dijitso.jit(None, "good", self.params, never)[0].answer(), 1)

    def test_what_generate_asks_for_is_compiled_meanwhile(self):
        def generate(*args):
            inner, name = dijitso.jit(None, "inner", self.params, lambda *a: ("int inner();", "int inner() { return 5; }", ()))
            return "", f'#include <{name}.h>\nextern "C" int answer() {{ return inner() + 1; }}', (name,)

        self.assertEqual(dijitso.jit(None, "outer", self.params, generate)[0].answer(), 6)

    def test_a_failure_inside_generate_is_that_of_the_module(self):
        def generate(*args):
            dijitso.jit(None, "inner", self.params, gives("int inner() { return undeclared; }"))
            return "", ANSWER, ("inner",)

        with self.assertRaisesRegex(CompileFailed, "(?s)module 'outer' needs 'inner', which failed: .*undeclared") as caught:
            dijitso.jit(None, "outer", self.params, generate)
        self.assertEqual(len(caught.exception.diagnostics), 1)

    def test_two_tiers(self):
        self.params["build"]["tier"] = "auto"
        source = 'extern "C" int optimized() { int x = 1; return __builtin_constant_p(x * 2); }'
        (library, _), counted = self.counted(lambda: dijitso.jit(None, "m", self.params, gives(source)))
        function = library.optimized
        self.assertTrue(dijitso.wait_optimized(library))
        self.assertEqual(function(), 1)
        self.assertEqual(counted["compiles"], 1)
        self.params["build"]["tier"] = "quick"
        library = dijitso.jit(None, "n", self.params, gives(source))[0]
        self.assertFalse(dijitso.wait_optimized(library))
        self.assertEqual(library.optimized(), 0)

    def test_a_program_that_ends_leaves_optimised_code_in_the_cache(self):
        program = ("import dijitso\n"
                   "lib = dijitso.jit(None, 'm', {'build': {'tier': 'auto'}}, lambda *a: ('', "
                   "'#include <vector>\\nextern \"C\" int answer() { return std::vector<int>(42).size(); }', ()))[0]\n"
                   "print(lib.answer(), flush=True)\n")
        for expected in ("42\n", "42\n"):
            done = subprocess.run([sys.executable, "-c", program], env=os.environ, capture_output=True, text=True, timeout=120)
            self.assertEqual((done.stdout, done.stderr, done.returncode), (expected, "", 0))
        self.assertEqual(dijitso.jit(None, "m", {"build": {"tier": "auto"}}, never)[0].answer(), 42)


if __name__ == "__main__":
    unittest.main()
