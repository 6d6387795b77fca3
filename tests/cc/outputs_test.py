"""Inputs and outputs of all kinds, what is refused, and commands that are killed."""
import os
import pathlib
import re
import resource
import signal
import stat
import subprocess
import time

import compiler_commands

PROGRAM = "#include <stdio.h>\nint main(void) { puts(\"hello\"); return 0; }\n"


class OutputsTest(compiler_commands.CommandTest):
    def test_standard_input(self):
        self.cc("-x", "c", "-c", "-", "-o", "x.o", stdin="int f(void) { return 1; }\n")
        self.assertTrue((self.work / "x.o").exists())
        self.assertIn("<stdin>:1:22: error", self.refused("-x", "c", "-c", "-", "-o", "y.o", stdin="int f(void) { return x; }\n"))
        self.assertIn("-E or -x required", self.refused("-c", "-", stdin=""))
        self.assertIn("int f", self.run_command("-E", "-", stdin="int f;\n").stdout)
        self.assertIn("201703L", self.run_command("-E", "-std=c++17", "-", stdin="__cplusplus\n", program="dijitso-c++").stdout)
        self.write(a_dot_h="#define A 1\n")
        self.cc("-x", "c", "-c", "-", "-o", "z.o", "-MMD", "-MF", "z.d", stdin='#include "a.h"\nint a = A;\n')
        self.assertEqual((self.work / "z.d").read_text(), "z.o: a.h\n")

    def test_program_from_standard_input(self):
        self.cc("-x", "c", "-", "-o", "x", stdin=PROGRAM)
        self.assertEqual(subprocess.run([self.work / "x"], capture_output=True).stdout, b"hello\n")

    def test_pipe_as_source(self):
        os.mkfifo(self.work / "pipe.c")
        process = subprocess.Popen([compiler_commands.COMMAND, "-c", "pipe.c"], cwd=self.work, env=self.env)
        (self.work / "pipe.c").write_text("int f(void) { return 1; }\n")
        self.assertEqual(process.wait(), 0)
        self.assertTrue((self.work / "pipe.o").exists())

    def test_devices_are_written_to(self):
        self.write(a_dot_c="int f(void) { return 1; }\n")
        self.cc("-c", "a.c", "-o", "/dev/null")
        self.assertTrue(stat.S_ISCHR(os.stat("/dev/null").st_mode))
        self.refused("-c", "missing.c", "-o", "/dev/null")
        self.assertTrue(stat.S_ISCHR(os.stat("/dev/null").st_mode))
        done = subprocess.run([compiler_commands.COMMAND, "-c", "a.c", "-o", "-"], cwd=self.work, env=self.env, capture_output=True)
        self.assertEqual(done.stdout[:4], b"\x7fELF", done.stderr)

    def test_link_is_followed(self):
        self.write(a_dot_c="int f(void) { return 1; }\n")
        (self.work / "real.o").write_text("old")
        (self.work / "link.o").symlink_to("real.o")
        self.cc("-c", "a.c", "-o", "link.o")
        self.assertTrue((self.work / "link.o").is_symlink())
        self.assertEqual((self.work / "real.o").read_bytes()[:4], b"\x7fELF")

    def test_mode_of_outputs(self):
        self.write(a_dot_c=PROGRAM)
        for words, mode in ((["-c", "a.c", "-o", "x.o"], 0o640), (["a.c", "-o", "x"], 0o750)):
            subprocess.run([compiler_commands.COMMAND, *words], cwd=self.work, env=self.env, umask=0o027, check=True)
            self.assertEqual(stat.S_IMODE((self.work / words[-1]).stat().st_mode), mode)

    def test_limit_of_file_sizes(self):
        self.write(a_dot_c=PROGRAM)
        done = subprocess.run([compiler_commands.COMMAND, "-c", "a.c"], cwd=self.work, env=self.env, capture_output=True, text=True,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)))
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("cannot write 'a.o': File too large", done.stderr)
        self.assertEqual(list(self.work.glob("*.o")), [])

    def test_failed_compile_removes_the_old_object(self):
        self.write(a_dot_c="int f(void) { return x; }\n", a_dot_o="old")
        self.refused("-c", "a.c")
        self.assertEqual(self.names(), {"a.c"})

    def test_all_inputs_are_tried(self):
        self.write(a_dot_c="int a;\n", b_dot_c="int f(void) { return x; }\n", c_dot_c="int c;\n")
        self.refused("-c", "a.c", "b.c", "c.c")
        self.assertEqual(self.names(), {"a.c", "b.c", "c.c", "a.o", "c.o"})

    def test_refused_before_anything_is_written(self):
        self.write(a_dot_c="int f(void) { return 1; }\n")
        for words, reason in ((["-save-temps"], "files beside the object"), (["-fplugin=x.so"], "load code"),
                              (["-fuse-ld=gold"], "linker is lld"), (["-fsanitize=address"], "run-time library"),
                              (["--coverage"], "measurements"), (["-m32"], "machine"), (["-mllvm", "-x"], "process"),
                              (["-fno-integrated-as"], "assembler"), (["-Xclang", "-load"], "past these checks"),
                              (["-gsplit-dwarf"], "beside the object"), (["-x", "objective-c"], "not compiled here"),
                              (["-x", "c-header"], "is a header")):
            errors = self.refused(*words, "-c", "a.c")
            self.assertIn(reason, errors)
            self.assertIn(words[0] if words[0] != "-x" else "a.c", errors)
            self.assertTrue(errors.startswith("dijitso-cc: error: "), errors)
            self.assertEqual(errors.count("\n"), 1, errors)
            self.assertEqual(self.names(), {"a.c"})

    def test_ignored_with_a_word(self):
        self.write(a_dot_c=PROGRAM)
        self.assertIn("warning: option '-flto' is ignored", self.cc("-flto", "-O2", "a.c", "-o", "x"))
        self.assertEqual(subprocess.run([self.work / "x"], capture_output=True).stdout, b"hello\n")

    def test_fallback(self):
        """A refused command line goes to another compiler, as it is; an accepted one does not."""
        self.write(a_dot_c="int f(void) { return x; }\n")
        other = self.tmp / "other"
        other.write_text("#!/bin/sh\necho other \"$@\"\n")
        other.chmod(0o755)
        done = self.run_command("-save-temps", "-c", "a.c", DIJITSO_CC_FALLBACK=str(other))
        self.assertEqual((done.returncode, done.stdout), (0, "other -save-temps -c a.c\n"))
        done = self.run_command("-fsanitize=address", "-c", "a.c", DIJITSO_CC_FALLBACK=str(other))
        self.assertEqual((done.returncode, done.stdout), (0, "other -fsanitize=address -c a.c\n"))
        done = self.run_command("-c", "a.c", DIJITSO_CC_FALLBACK=str(other))
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        # What was read from standard input is there for it, and it does not start itself again and again.
        other.write_text("#!/bin/sh\ncat\n")
        done = self.run_command("-fsanitize=address", "-x", "c", "-c", "-", stdin="int x;\n", DIJITSO_CC_FALLBACK=str(other))
        self.assertEqual((done.returncode, done.stdout), (0, "int x;\n"))
        self.assertIn("-save-temps", self.refused("-save-temps", "-c", "a.c", DIJITSO_CC_FALLBACK=compiler_commands.COMMAND))
        self.assertIn("cannot start", self.refused("-save-temps", "-c", "a.c", DIJITSO_CC_FALLBACK="/no/such"))

    def test_killed_commands_leave_nothing(self):
        text = "#include <map>\n#include <regex>\n" + "".join(
            "int f%d(std::map<int, std::map<int, int>> &m) { return m[%d][%d]; }\n" % (i, i, i) for i in range(100))
        self.write(a_dot_cpp=text)
        for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT):
            for pause in (0.02, 0.1, 0.3):
                process = subprocess.Popen([compiler_commands.COMMAND, "-O2", "-c", "a.cpp"], cwd=self.work, env=self.env)
                time.sleep(pause)
                process.send_signal(number)
                process.wait()
                self.assertEqual(self.names() - {"a.o"}, {"a.cpp"})

    def test_read_only_folder(self):
        self.write(a_dot_c="int f(void) { return 1; }\n")
        self.assertIn("cannot write", self.refused("-c", "a.c", "-o", "/proc/x.o"))
        self.assertIn("directory", self.refused("-c", "a.c", "-o", "."))

    def test_response_file_with_a_long_line(self):
        """As many words as no command line may have."""
        self.write(a_dot_c="int f(void) { return N99999; }\n",
                   flags_dot_rsp="\n".join("-DN%d=%d" % (i, i) for i in range(100000)))
        self.cc("@flags.rsp", "-c", "a.c")
        self.assertTrue((self.work / "a.o").exists())

    def test_help_and_version(self):
        text = self.run_command("--help").stdout
        self.assertIn("-shared", text)
        self.assertIn("DIJITSO_CC_FALLBACK", text)
        for text in (self.run_command("--version").stdout, self.run_command("-v").stderr):
            self.assertIn("clang version 22", text)
            self.assertIn("InstalledDir: %s\n" % pathlib.Path(compiler_commands.COMMAND).resolve().parent, text)
        self.assertRegex(self.run_command("-dumpversion").stdout, r"^22\.")
        self.assertRegex(self.run_command("-dumpmachine").stdout, r"-linux-gnu\n")
        self.write(a_dot_c=PROGRAM)
        shown = self.run_command("-###", "a.c").stderr
        self.assertIn("-cc1", shown)
        self.assertEqual(self.names(), {"a.c"})

    def test_documentation(self):
        """Every option that is refused or left out stands in the documentation."""
        root = pathlib.Path(__file__).resolve().parents[2]
        table = (root / "lib/cc/option_table.inc").read_text()
        names = re.findall(r'\{"([^"]+)", Form::\w+, Use::(?:refused|ignored|silent),', table)
        text = (root / "docs/compiler-command.md").read_text()
        self.assertGreater(len(names), 10)
        self.assertEqual([name for name in names if "`%s`" % name not in text], [])


if __name__ == "__main__":
    compiler_commands.main()
