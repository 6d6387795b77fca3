"""What gdb shows of linked modules. Line numbers are those of module.cpp.txt."""
import json
import os
import re
import shutil
import subprocess

import debugging

GDB = shutil.which("gdb")


class Gdb(debugging.DebugTest):
    def gdb(self, command, *script, source_dirs=True, under=(), **more):
        """What gdb printed after the worker was started under it; breakpoints may be set before the module is there."""
        self.assertIsNotNone(GDB, "gdb is not installed")
        options = ["-d", str(self.cache / "src"), "-d", str(self.cache / "include")] if source_dirs else []
        commands = ["set breakpoint pending on", "set startup-with-shell off", "set width 0", *script]
        words = [word for line in commands for word in ("-ex", line)]
        process = subprocess.run([GDB, "-nx", "-batch", *options, *words, "--args", *under, debugging.WORKER, command],
                                 env={**self.env, "DIJITSO_CACHE_SRC_STORAGE": "keep", **more},
                                 capture_output=True, text=True, timeout=250)
        self.assertEqual(process.returncode, 0, process.stderr)
        return process.stdout + process.stderr

    def counters(self, output):
        return json.loads(re.findall(r"^\{.*\}$", output, re.MULTILINE)[-1])

    def assert_stops_and_shows(self, output):
        self.assertRegex(output, r"Breakpoint 1, geometry::cube \(length=2\) at /dijitso/ball\.cpp:10")
        self.assertIn("squared = 4\n", output)  # a local variable
        self.assertIn("\n$1 = 1\n", output)  # `calls`, a static one
        self.assertRegex(output, r"#0 +geometry::cube \(length=2\) at /dijitso/ball\.cpp:10\n"
                                 r"#1 +0x\w+ in volume \(radius=2\) at /dijitso/ball\.cpp:17\n"
                                 r"#2 +0x\w+ in call")
        self.assertRegex(output, r"#\d+ +0x\w+ in main ")
        self.assertRegex(output, r"10\s+return squared \* length;  // line 10")  # the text of the source
        self.assertIn("14\textern \"C\" double volume(double radius) {", output)

    def test_stops_at_a_line_compiled_or_from_the_cache(self):
        script = ["break ball.cpp:10", "run", "info locals", "print calls", "bt", "list", "continue"]
        for compiles in (1, 0):
            output = self.gdb("call", *script)
            self.assert_stops_and_shows(output)
            self.assertEqual(self.counters(output), {"wrong": 0, "compiles": compiles, "disk_hits": 1 - compiles})

    def test_stops_in_code_that_lies_in_a_memory_file(self):
        """Where written memory may not be executed. gdb cannot write into shared mappings."""
        launcher = os.path.join(os.path.dirname(debugging.WORKER), "under_mdwe")
        output = self.gdb("call", "break ball.cpp:10", "run", "info locals", "print calls", "bt", "list", "continue",
                          under=[launcher])
        self.assert_stops_and_shows(output)
        self.assertEqual(self.counters(output), {"wrong": 0, "compiles": 1, "disk_hits": 0})

    def test_flags_without_g(self):
        """FFC asks for debugging with -O0 alone."""
        output = self.gdb("call", "break volume", "run", "next", "print factor", "bt", "kill",
                          DIJITSO_BUILD_CXXFLAGS_DEBUG="-O0")
        self.assertRegex(output, r"Breakpoint 1, volume \(radius=2\) at /dijitso/ball\.cpp:15")
        self.assertRegex(output, r"#0 +volume \(radius=2\) at /dijitso/ball\.cpp:16")

    def test_source_is_not_found_without_the_cache_directories(self):
        output = self.gdb("call", "break ball.cpp:10", "run", "info locals", "kill", source_dirs=False)
        self.assertIn("squared = 4\n", output)
        self.assertIn("10\t/dijitso/ball.cpp: No such file or directory.", output)

    def test_gdb_is_told_of_modules_with_debug_information_only(self):
        first_entry = "print *(long *)((char *)&__jit_debug_descriptor + 16) != 0"
        for debug, known in (("no", "false"), ("yes", "true")):
            output = self.gdb("call", "catch throw", "run", first_entry, "continue", DIJITSO_BUILD_DEBUG=debug)
            self.assertIn("$1 = %s\n" % known, output)
            self.assertEqual(self.counters(output)["wrong"], 0)

    def test_unloaded_and_loaded_again(self):
        """gdb itself forgets that its breakpoint went with the code: the code must not come to lie at the same place."""
        script = ["break ball.cpp:10", "run", "info locals", "continue", "info locals", "bt 2", "continue"]
        output = self.gdb("reload", *script)
        self.assertEqual(len(re.findall(r"Breakpoint 1, geometry::cube \(length=2\) at /dijitso/ball\.cpp:10", output)),
                         2, output)
        self.assertEqual(output.count("squared = 4\n"), 2)
        self.assertEqual(self.counters(output)["wrong"], 0)

    def test_steps_from_one_module_into_another(self):
        output = self.gdb("chain", "break caller.cpp:3", "run", "step", "bt 2", "finish", "next", "print one", "continue")
        self.assertRegex(output, r"#0 +volume \(radius=2\) at /dijitso/ball\.cpp:15\n"
                                 r"#1 +0x\w+ in twice \(radius=2\) at /dijitso/caller\.cpp:3")
        self.assertIn("Value returned is $1 = 32\n", output)
        self.assertIn("$2 = 32\n", output)
        self.assertEqual(self.counters(output)["wrong"], 0)

    def test_library_types(self):
        output = self.gdb("call", "break ball.cpp:25", "run", "print sum",
                          "print numbers._M_impl._M_finish - numbers._M_impl._M_start",
                          "print numbers._M_impl._M_start[3]", "continue")
        for value in ("$1 = 14\n", "$2 = 4\n", "$3 = 9\n"):
            self.assertIn(value, output)

    def test_exception_passes_through_a_module(self):
        output = self.gdb("call", "catch throw", "run", "bt", "continue")
        self.assertRegex(output, r"in fail \(code=7\) at /dijitso/ball\.cpp:29\n"
                                 r"#\d+ +0x\w+ in call ")
        self.assertEqual(self.counters(output)["wrong"], 0)

    def test_shared_libraries(self):
        """With cache.lib_loader=dlopen the debug information is in the library, and gdb needs nothing of ours."""
        output = self.gdb("call", "break ball.cpp:10", "run", "info locals", "print calls", "bt", "list", "continue",
                          DIJITSO_CACHE_LIB_LOADER="dlopen")
        self.assert_stops_and_shows(output)


if __name__ == "__main__":
    debugging.main()
