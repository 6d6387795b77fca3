"""What is made from the table of options: the manual page and the completion for bash."""
import pathlib
import shlex
import subprocess

import compiler_commands


class DocumentsTest(compiler_commands.CommandTest):
    def printed(self, option):
        done = self.run_command(option)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def complete(self, *words):
        """What bash offers for the last word."""
        script = self.tmp / "completion"
        script.write_text(self.printed("--completion"))
        program = "source %s\nCOMP_WORDS=(%s)\nCOMP_CWORD=%d\n_dijitso_cc\nprintf '%%s\\n' \"${COMPREPLY[@]}\"\n" % (
            script, " ".join(map(shlex.quote, ("dijitso-cc", *words))), len(words))
        done = subprocess.run(["bash", "-u", "-c", program], env=self.env, cwd=self.work, capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stderr), (0, ""), words)
        return done.stdout.split()

    def test_completion(self):
        compiler_commands.write_files(self.work, {"file.c": "", "folder/x.h": ""})
        self.assertEqual(self.complete("-isy"), ["-isystem"])
        self.assertEqual(set(self.complete("-M")), {"-M", "-MM", "-MD", "-MMD", "-MP", "-MF", "-MT", "-MQ"})
        self.assertEqual(self.complete("-save"), [])
        self.assertEqual(sorted(self.complete("f")), ["file.c", "folder"])
        self.assertEqual(self.complete("-I", "f"), ["folder"])
        self.assertEqual(sorted(self.complete("-o", "f")), ["file.c", "folder"])
        self.assertEqual(self.complete("-x", "c++"), ["c++", "c++-cpp-output"])

    def test_manual_page(self):
        done = subprocess.run(["groff", "-man", "-Tascii", "-P-cbou", "-ww", "-b"], input=self.printed("--man"),
                              env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=True)
        self.assertEqual(done.stderr, "")
        for part in ("DIJITSO-CC(1)", "dijitso-c++", "-MMD", "-save-temps", "DIJITSO_CC_BASE_DIR", "DIJITSO_CC_FALLBACK", "dijitso-cache(1)"):
            self.assertIn(part, done.stdout)

    def test_what_is_installed_is_what_the_program_prints(self):
        share = pathlib.Path(compiler_commands.COMMAND).parent.parent / "share"
        self.assertEqual((share / "man/man1/dijitso-cc.1").read_text(), self.printed("--man"))
        self.assertEqual((share / "man/man1/dijitso-c++.1").read_text(), ".so man1/dijitso-cc.1\n")
        completions = share / "bash-completion/completions"
        self.assertEqual((completions / "dijitso-cc").read_text(), self.printed("--completion"))
        done = subprocess.run(["bash", "-u", "-c", "source %s && complete -p dijitso-c++" % (completions / "dijitso-c++")],
                              env=self.env, capture_output=True, text=True)
        self.assertIn("_dijitso_cc", done.stdout, done.stderr)


if __name__ == "__main__":
    compiler_commands.main()
