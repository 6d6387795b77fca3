"""What is made from the tables of the commands: the manual page and the completion for bash."""
import pathlib
import shlex
import subprocess

import cli
from usage_test import COMMANDS, OPTIONS


class Documents(cli.CliTest):
    def complete(self, *words):
        """What bash offers for the last word."""
        script = self.tmp / "completion"
        script.write_text(self.ok("--completion"))
        program = "source %s\nCOMP_WORDS=(%s)\nCOMP_CWORD=%d\n_dijitso_cache\nprintf '%%s\\n' \"${COMPREPLY[@]}\"\n" % (
            script, " ".join(map(shlex.quote, ("dijitso-cache", *words))), len(words))
        env = {**self.env, "PATH": "%s:/usr/bin:/bin" % pathlib.Path(cli.BINARY).parent}
        done = subprocess.run(["bash", "-u", "-c", program], env=env, cwd=self.home, capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stderr), (0, ""), words)
        return done.stdout.split()

    def test_completion_of_commands_and_options(self):
        self.assertEqual(set(COMMANDS) - set(self.complete("")), set())
        self.assertEqual(self.complete("grep"), ["grep", "grepfunction"])
        self.assertEqual(self.complete("--cac"), ["--cache-dir"])
        for command, options in OPTIONS.items():
            self.assertEqual(set(options) - set(self.complete(command, "--")), set(), command)
        self.assertIn("--cache-dir", self.complete("show", "--"))
        self.assertEqual(self.complete("show", "--categories", "l"), ["lib", "log"])
        self.assertEqual(self.complete("-v", "W"), ["WARNING"])

    def test_completion_of_modules_and_files(self):
        self.build_modules()
        self.assertEqual(self.complete("checkout", "--signature", ""), ["element", "form"])
        for command in ("deps", "explain", "export", "inspect", "pin"):
            self.assertEqual(self.complete(command, "f"), ["form"], command)
        self.assertEqual(self.complete("-r", str(self.tmp / "none"), "deps", ""), [])
        (self.home / "modules.tar.zst").touch()
        (self.home / "mine").mkdir()
        self.assertEqual(self.complete("import", "m"), ["mine", "modules.tar.zst"])
        self.assertEqual(self.complete("-r", "m"), ["mine"])

    def test_manual_page(self):
        page = self.ok("--man")
        done = subprocess.run(["groff", "-man", "-Tascii", "-P-cbou", "-ww", "-b"], input=page, env={"PATH": "/usr/bin:/bin"},
                              capture_output=True, text=True, check=True)
        self.assertEqual(done.stderr, "")
        lines = [line.strip() for line in done.stdout.splitlines()]
        for command, options in OPTIONS.items():
            self.assertTrue(any(line == command or line.startswith(command + " ") for line in lines), command)
            for option in options:
                self.assertTrue(any(option in line for line in lines), option)
        self.assertIn("DIJITSO-CACHE(1)", done.stdout)
        self.assertNotIn("\\", page.replace("\\-", "").replace("\\f", "").replace("\\&", "").replace("\\(", "").replace("\\e", ""))

    def test_what_is_installed_is_what_the_tool_prints(self):
        share = pathlib.Path(cli.BINARY).parent.parent / "share"
        self.assertEqual((share / "man/man1/dijitso-cache.1").read_text(), self.ok("--man"))
        self.assertEqual((share / "bash-completion/completions/dijitso-cache").read_text(), self.ok("--completion"))
        self.assertEqual((share / "man/man1/dijitso.1").read_text(), ".so man1/dijitso-cache.1\n")


if __name__ == "__main__":
    cli.main()
