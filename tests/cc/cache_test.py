"""The objects of compiler commands are entries of the cache, and a hit does all that the compile did."""
import json
import os
import re
import shutil
import subprocess

import compiler_commands

CALL_KINDS = "execve,execveat,fork,vfork,clone,clone3,socket,connect,openat,open"


class CacheTest(compiler_commands.CommandTest):
    def stats(self):
        done = self.run_command("stats", "--json", program="dijitso-cache")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def compiles(self, *words, **more):
        """How many compiles a command makes that must succeed."""
        before = len(self.entries())
        self.cc(*words, **more)
        return len(self.entries()) - before

    def test_second_time_is_a_hit(self):
        self.write(a_dot_c='#include "a.h"\nint f(void) { return A; }\n', a_dot_h="#define A 1\n")
        self.assertEqual(self.compiles("-O2", "-c", "a.c"), 1)
        first = (self.work / "a.o").read_bytes()
        (self.work / "a.o").unlink()
        self.assertEqual(self.compiles("-O2", "-c", "a.c"), 0)
        self.assertEqual((self.work / "a.o").read_bytes(), first)
        self.assertEqual(self.compiles("-O2", "-c", "a.c", "-o", "b.o"), 0)
        self.assertEqual(self.compiles("-O1", "-c", "a.c"), 1)

    def test_object_is_the_compilers(self):
        """The same bytes as those of Clang's command, cold and from the cache."""
        self.write(a_dot_c="#include <stdio.h>\nvoid f(void) { puts(__FILE__); }\n")
        for flags in ([], ["-O2"], ["-O2", "-g"], ["-fno-pic"], ["-O3", "-march=haswell"], ["-O2", "-march=native"]):
            self.cc(*flags, "-c", "a.c", "-o", "clang.o", program=compiler_commands.CLANG)
            expected = (self.work / "clang.o").read_bytes()
            for time in ("cold", "warm"):
                self.cc(*flags, "-c", "a.c", "-o", "x.o")
                self.assertEqual((self.work / "x.o").read_bytes() == expected, True, (flags, time))

    def test_edited_header(self):
        self.write(a_dot_c='#include "a.h"\nint f(void) { return A; }\n', a_dot_h="#define A 1\n")
        self.assertEqual(self.compiles("-c", "a.c"), 1)
        first = (self.work / "a.o").read_bytes()
        self.write(a_dot_h="#define A 22\n")
        self.assertEqual(self.compiles("-c", "a.c"), 1)
        self.assertNotEqual((self.work / "a.o").read_bytes(), first)
        self.write(a_dot_h="#define A 1\n")
        self.assertEqual(self.compiles("-c", "a.c"), 0)
        self.assertEqual((self.work / "a.o").read_bytes(), first)

    def test_new_header_that_is_found_first(self):
        compiler_commands.write_files(self.work, {"a.c": "#include <x.h>\nint f(void) { return X; }\n",
                                                  "second/x.h": "#define X 1\n", "first/other.h": ""})
        self.assertEqual(self.compiles("-Ifirst", "-Isecond", "-c", "a.c"), 1)
        compiler_commands.write_files(self.work, {"first/x.h": "#define X 2\n"})
        self.assertEqual(self.compiles("-Ifirst", "-Isecond", "-c", "a.c"), 1)

    def test_other_directory(self):
        """Relative names mean other files there."""
        for folder in ("one", "two"):
            compiler_commands.write_files(self.work / folder, {"a.c": '#include "a.h"\nint f(void) { return A; }\n',
                                                               "a.h": "#define A %d\n" % ord(folder[0])})
            self.assertEqual(self.compiles("-c", "a.c", cwd=self.work / folder), 1)
        compiler_commands.write_files(self.work, {"two/a.h": "#define A 9\n"})
        self.assertEqual(self.compiles("-c", "a.c", cwd=self.work / "one"), 0)
        self.assertEqual(self.compiles("-c", "a.c", cwd=self.work / "two"), 1)

    def test_messages_and_rules_come_back(self):
        self.write(a_dot_c='#include "a.h"\nint f(void) { int unused; return A; }\n', a_dot_h="#define A 1\n")
        words = ("-Wall", "-c", "a.c", "-MMD", "-MP")
        cold = self.cc(*words)
        self.assertIn("a.c:2:19: warning: unused variable 'unused' [-Wunused-variable]", cold)
        self.assertIn("1 warning generated.", cold)
        rule = (self.work / "a.d").read_text()
        self.assertEqual(rule, "a.o: a.c a.h\na.h:\n")
        (self.work / "a.d").unlink()
        self.assertEqual(self.cc(*words), cold)
        self.assertEqual((self.work / "a.d").read_text(), rule)
        # The names in a rule are no part of the key.
        self.assertEqual(self.compiles("-Wall", "-c", "a.c", "-MD", "-MF", "x.d", "-MT", "t"), 0)
        self.assertEqual((self.work / "x.d").read_text(), "t: a.c a.h\n")

    def test_rules_name_system_headers_on_request(self):
        self.write(a_dot_c="#include <stdio.h>\n")
        for flag, expected in (("-MD", True), ("-MMD", False)):
            for time in ("cold", "warm"):
                self.cc("-c", "a.c", flag, "-MF", "x.d")
                self.assertEqual("/stdio.h" in (self.work / "x.d").read_text(), expected, (flag, time))

    def test_failures_are_not_kept(self):
        self.write(a_dot_c="int f(void) { return x; }\n")
        for _ in range(2):
            errors = self.refused("-c", "a.c")
            self.assertIn("a.c:1:22: error: use of undeclared identifier 'x'", errors)
        self.assertEqual(self.entries(), [])
        self.assertEqual(self.names(), {"a.c"})

    def test_time_is_not_kept(self):
        self.write(a_dot_c='#include "a.h"\nconst char *f = T;\n', a_dot_h="#define T __TIME__\n", b_dot_c="int __TIME_;\n")
        self.assertEqual(self.compiles("-c", "a.c"), 0)
        self.assertEqual(self.compiles("-c", "b.c"), 1)
        self.assertEqual(self.compiles("-c", "a.c", SOURCE_DATE_EPOCH="1"), 1)

    def test_environment(self):
        compiler_commands.write_files(self.work, {"a.c": "#include <x.h>\nint f(void) { return X; }\n",
                                                  "one/x.h": "#define X 1\n", "two/x.h": "#define X 2\n"})
        self.assertEqual(self.compiles("-c", "a.c", CPATH="one"), 1)
        self.assertEqual(self.compiles("-c", "a.c", CPATH="two"), 1)
        self.assertEqual(self.compiles("-c", "a.c", CPATH="one"), 0)
        self.assertIn("x.h", self.refused("-c", "a.c"))

    def test_languages_differ(self):
        self.write(a_dot_c="int f(int x) { return x; }\n")
        for words in (("-x", "c"), ("-x", "c++"), ("-x", "cpp-output")):
            self.assertEqual(self.compiles(*words, "-c", "a.c"), 1)
        self.assertEqual(self.compiles("-c", "a.c", program="dijitso-c++"), 1)

    def test_commands_of_the_cache_know_the_entries(self):
        self.write(a_dot_c="int answer(void) { return 42; }\n")
        self.cc("-c", "a.c")
        for _ in range(2):
            self.cc("-c", "a.c")
        self.assertRegex(self.entries()[0].name, r"^a_[0-9a-f]{32}\.")
        signature = self.entries()[0].name.split(".")[0]
        self.assertIn(signature, self.run_command("symbols", "answer", program="dijitso-cache").stdout)
        inspected = self.run_command("inspect", signature, program="dijitso-cache").stdout
        self.assertIn("command   dijitso-cc -x c -c a.c\n", inspected)
        self.assertEqual(self.run_command("verify", program="dijitso-cache").returncode, 0)
        self.assertRegex(json.dumps(self.stats()), r'"disk_hits": 2\b')

    def test_damaged_entry(self):
        self.write(a_dot_c="int f(void) { return 1; }\n")
        self.cc("-c", "a.c")
        first = (self.work / "a.o").read_bytes()
        entry = self.entries()[0]
        entry.chmod(0o600)
        damaged = bytearray(entry.read_bytes())
        damaged[100] ^= 1
        entry.write_bytes(damaged)
        self.cc("-c", "a.c")
        self.assertEqual((self.work / "a.o").read_bytes(), first)

    def test_cache_that_cannot_be_used(self):
        self.write(a_dot_c="int f(void) { return 1; }\n")
        self.cc("-c", "a.c", DIJITSO_CACHE_DIR="/proc/no/cache")
        self.assertTrue((self.work / "a.o").exists())
        self.cc("-c", "a.c", DIJITSO_CACHE_USE_DISK="false")
        self.assertEqual(self.entries(), [])

    def test_eight_processes_compile_once(self):
        self.write(a_dot_cpp="#include <vector>\n#include <string>\nint f() { return std::vector<std::string>(3).size(); }\n")
        started = [subprocess.Popen([compiler_commands.COMMAND, "-O2", "-c", "a.cpp", "-o", "%d.o" % i], cwd=self.work,
                                    env=self.env) for i in range(8)]
        self.assertEqual([process.wait() for process in started], [0] * 8)
        self.assertEqual(len({(self.work / ("%d.o" % i)).read_bytes() for i in range(8)}), 1)
        self.assertRegex(json.dumps(self.stats()), r'"misses": 1\b')

    def trace(self, *words):
        strace = shutil.which("strace")
        self.assertIsNotNone(strace, "strace is not installed")
        log = self.tmp / "strace.log"
        done = subprocess.run([strace, "-f", "-qq", "-e", "trace=" + CALL_KINDS, "-o", log, compiler_commands.COMMAND, *words],
                              cwd=self.work, env=self.env, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return log.read_text()

    @staticmethod
    def loaded(log):
        return {name for line in log.splitlines() if " = -1 " not in line for name in re.findall(r'"[^"]*/(lib[^"/]+)\.so', line)}

    def test_no_process_is_started_and_a_hit_loads_no_compiler(self):
        self.write(a_dot_c="#include <stdio.h>\nint main(void) { puts(\"x\"); return 0; }\n", s_dot_S="nop\n")
        words = ("-c", "a.c", "-MD")
        cold, warm = self.trace(*words), self.trace(*words)
        link, assembly = self.trace("a.o", "-o", "a"), self.trace("-c", "s.S")
        for log in (cold, warm, link, assembly):
            self.assertEqual(len(re.findall(r"\bexecve(?:at)?\(", log)), 1, log)
            self.assertEqual(re.findall(r"\b(?:fork|vfork|socket|connect)\(", log), [])
            self.assertTrue(all("CLONE_THREAD" in line for line in log.splitlines() if "clone" in line), log)
        self.assertIn("libdijitso-compiler", self.loaded(cold))
        self.assertIn("libdijitso", self.loaded(warm))
        self.assertEqual({name for name in self.loaded(warm) if "dijitso-" in name or "LLVM" in name or "clang" in name}, set())


if __name__ == "__main__":
    compiler_commands.main()
