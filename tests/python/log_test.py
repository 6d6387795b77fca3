"""Messages of the library are those of Python's logger "dijitso"."""
import logging
import unittest

import dijitso
from dijitso.errors import InvalidArgument
from package import PackageTest, gives


class LogTest(PackageTest):
    def test_warnings_of_the_library(self):
        self.cache.write_text("")  # no directory
        with self.assertLogs("dijitso", "WARNING") as logs:
            self.jit("m")
        self.assertIn(str(self.cache), logs.output[0])

    def test_percent_signs(self):
        with self.assertLogs("dijitso", "WARNING") as logs:
            dijitso._dijitso.log(30, "100 % é")
            dijitso.log.warning("%")
        self.assertEqual([record.getMessage() for record in logs.records], ["100 % é", "%"])

    def test_level(self):
        self.addCleanup(dijitso.set_log_level, "WARNING")
        handler = dijitso.log.get_log_handler()
        self.addCleanup(dijitso.log.set_log_handler, handler)
        seen = []

        class Seeing(logging.Handler):
            def emit(self, record):
                seen.append((record.levelno, record.getMessage()))

        dijitso.log.set_log_handler(Seeing())
        for level in ("debug", logging.DEBUG):
            dijitso.set_log_level(level)
            dijitso._dijitso.log(10, "heard")
            dijitso.set_log_level("WARNING")
            dijitso._dijitso.log(20, "not heard")
        dijitso.log.get_logger().setLevel(logging.INFO)
        dijitso._dijitso.log(20, "heard")
        self.assertEqual(seen, [(10, "heard"), (10, "heard"), (20, "heard")])
        for wrong in ("loud", None, 1.5):
            with self.assertRaisesRegex(InvalidArgument, "log level"):
                dijitso.set_log_level(wrong)

    def test_a_handler_may_use_dijitso(self):
        inner, other = [], str(self.tmp / "other")

        class Using(logging.Handler):
            def emit(self, record):
                inner.append(dijitso.jit(None, "m", {"cache": {"cache_dir": other}}, gives("int x;"))[1] if not inner else "")

        handler = dijitso.log.get_log_handler()
        self.addCleanup(dijitso.log.set_log_handler, handler)
        dijitso.log.set_log_handler(Using())
        dijitso._dijitso.log(30, "message")
        self.assertEqual(inner[0], "m")

    def test_a_handler_that_fails(self):
        """The work that was logged goes on; nothing that the handler raises is lost."""
        script = """
import dijitso, logging
class Failing(logging.Handler):
    def emit(self, record):
        raise error
dijitso.log.set_log_handler(Failing())
error = KeyError("of the handler")
dijitso._dijitso.log(30, "message")
error = KeyboardInterrupt()
try:
    dijitso._dijitso.log(30, "message")
    print("not interrupted")
except KeyboardInterrupt:
    print("interrupted")
"""
        self.assertEqual(self.run_python("-c", script), "interrupted\n")
        self.assertIn("KeyError: 'of the handler'", self.stderr)

    def test_messages_while_the_program_ends(self):
        script = """
import dijitso, sys
lib = dijitso.jit(None, "m", {}, lambda *a: ("", '''#include <cstdio>
struct S { ~S() { std::puts("static destructor"); } } s; extern "C" int answer() { return 42; }''', ()))[0]
dijitso.set_log_level("DEBUG")
print(lib.answer(), flush=True)
"""
        self.assertEqual(self.run_python("-c", script), "42\nstatic destructor\n")


if __name__ == "__main__":
    unittest.main()
