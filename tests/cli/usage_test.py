"""Help and wrong usage of dijitso-cache."""
import os
import pathlib
import re
import subprocess

import cli

COMMANDS = ("show", "grep", "grepfunction", "checkout", "inspect", "symbols", "disasm", "diff", "report", "stats", "deps", "why",
            "explain", "clean", "export", "import", "verify", "gc", "pin", "unpin", "pack-headers", "precompile", "locks", "doctor", "config", "version")
OPTIONS = {
    "version": ["--json"],
    "config": ["--key", "--json"],
    "show": ["--categories", "--no-summary", "--files", "--signatures", "--count", "--json"],
    "clean": ["--categories", "--json"],
    "grep": ["--categories", "--pattern", "--regexmode", "--linenumbers", "--countonly", "--filesonly", "--signature",
             "--json"],
    "grepfunction": ["--categories", "--name", "--signature", "--no-body", "--json"],
    "checkout": ["--categories", "--signature", "--json"],
    "deps": ["--reverse", "--dot", "--svg", "--json"],
    "why": ["--json"],
    "explain": ["--against-current", "--json"],
    "doctor": ["--no-compile", "--json"],
    "export": ["--all", "--output", "--json"],
    "import": ["--json"],
    "verify": ["--all", "--repair", "--json"],
    "gc": ["--max-size", "--older-than", "--keep-pinned", "--json"],
    "pin": ["--json"],
    "unpin": ["--json"],
    "pack-headers": ["--output", "--default", "--libc++", "--include-dir", "--list", "--json"],
    "precompile": ["--for", "--layer", "--flags", "--include-dir", "--module", "--json"],
    "locks": ["--json"],
    "symbols": ["--regexmode", "--prototypes", "--json"],
    "disasm": ["--variant", "--function", "--json"],
    "diff": ["--json"],
    "report": ["--output", "--json"],
    "stats": ["--zero", "--json"],
    "inspect": ["--variant", "--key", "--sections", "--symbols", "--all", "--json"],
}


class Usage(cli.CliTest):
    def test_no_arguments_print_help_on_standard_error(self):
        message = self.fails(64)
        for word in ("Usage: dijitso-cache", *COMMANDS):
            self.assertIn(word, message)

    def test_help_goes_to_standard_output(self):
        text = self.ok("--help")
        for word in ("-r,--cache-dir DIR", "-v,--verbose LEVEL", "-n,--dry-run [YES|NO] ", "DIJITSO_CACHE_DIR",
                     "Exit code", *COMMANDS):
            self.assertIn(word, text)
        self.assertEqual(self.ok("-h"), text)

    def test_every_command_has_help_with_its_options(self):
        self.assertEqual(set(OPTIONS), set(COMMANDS))
        for command, options in OPTIONS.items():
            text = self.ok(command, "--help")
            self.assertIn("Usage: dijitso-cache " + command, text)
            self.assertEqual(re.findall(r"^  (?:-\w,)?(--[\w+-]+)", text, re.M), ["--help", *options])

    def test_wrong_usage_names_the_argument_and_the_help(self):
        for args, name, helped in (
            (["shwo"], "'shwo'; the nearest is 'show'", "dijitso-cache"),
            (["shwo"], ", ".join(COMMANDS), "dijitso-cache"),
            (["-r", "x", "chekout"], "the nearest is 'checkout'", "dijitso-cache"),
            (["shwo", "--help"], "'shwo'; the nearest is 'show'", "dijitso-cache"),
            (["--version", "shwo"], "'shwo'; the nearest is 'show'", "dijitso-cache"),
            (["\x1b[2J"], "\\x1b[2J", "dijitso-cache"),
            (["--nonsense"], "--nonsense", "dijitso-cache"),
            (["show", "--nonsense"], "--nonsense", "dijitso-cache show"),
            (["show", "extra"], "extra", "dijitso-cache show"),
            (["version", "show"], "show", "dijitso-cache version"),
            (["config", "--key"], "--key", "dijitso-cache config"),
            (["show", "--cache-dir"], "--cache-dir", "dijitso-cache show"),
            (["show", "--cache-dir", ""], "--cache-dir", "dijitso-cache show"),
            (["show", "--cache-dir", "a", "--cache-dir", "b"], "--cache-dir", "dijitso-cache show"),
            (["show", "--verbose", "loud"], "--verbose", "dijitso-cache show"),
            (["show", "--json=maybe"], "--json", "dijitso-cache show"),
            (["show", "--dry-run", "perhaps"], "--dry-run: expected true or false", "dijitso-cache show"),
            (["checkout"], "--signature is required", "dijitso-cache checkout"),
            (["checkout", "--signature", ""], "--signature is empty", "dijitso-cache checkout"),
            (["checkout", "--signature", "../x"], "'../x'", "dijitso-cache checkout"),
            (["grep", "--signature", "a/b"], "'a/b'", "dijitso-cache grep"),
            (["grep", "--categories", "inc,obj"], "'obj' are no text", "dijitso-cache grep"),
            (["grepfunction"], "--name is required", "dijitso-cache grepfunction"),
            (["grepfunction", "--name", ""], "--name is empty", "dijitso-cache grepfunction"),
            (["symbols"], "name is required", "dijitso-cache symbols"),
            (["inspect"], "module is required", "dijitso-cache inspect"),
            (["inspect", ""], "MODULE is empty", "dijitso-cache inspect"),
            (["clean", "--categories", "sources"], "no category 'sources'", "dijitso-cache clean"),
            (["deps", "m", "--dot", "--svg"], "only one of --json, --dot and --svg", "dijitso-cache deps"),
            (["why", "m"], "needed is required", "dijitso-cache why"),
            (["explain", "m", "n", "--against-current"], "either a second module or", "dijitso-cache explain"),
            (["export", "-o", "x"], "either the modules to export or --all", "dijitso-cache export"),
            (["export", "m", "--all", "-o", "x"], "either the modules to export or --all", "dijitso-cache export"),
            (["export", "m"], "--output is required", "dijitso-cache export"),
            (["import"], "file is required", "dijitso-cache import"),
            (["--cache-dir", "x"], "no command", "dijitso-cache"),
        ):
            message = self.fails(64, *args)
            self.assertIn(name, message)
            self.assertTrue(message.endswith("Try '%s --help'.\n" % helped), message)
            self.assertEqual(message.count("\n"), 2, message)

    def test_the_second_name(self):
        second = pathlib.Path(cli.BINARY).with_name("dijitso")
        self.assertEqual(os.readlink(second), "dijitso-cache")
        done = subprocess.run([second, "version"], env=self.env, capture_output=True)
        self.assertEqual((done.returncode, done.stdout.decode()), (0, self.ok("version")))

    def test_a_closed_or_full_output_is_an_error(self):
        self.add("CACHEDIR.TAG", cli.CACHE_TAG)
        self.add("src/m.cpp", "text\n")
        for args, code in ((["show"], 1), (["version"], 1), (["config", "--json"], 1), (["clean", "-n"], 1),
                           (["checkout", "--signature", "m"], 1), (["grep"], 2), (["grep", "--json"], 2)):
            with open("/dev/full", "wb") as full:
                done = self.run_tool(*args, stdout=full)
            self.assertEqual((done.returncode, done.stderr), (code, b"dijitso-cache: cannot write to standard output\n"))
            done = self.run_tool(*args, stdout=None, preexec_fn=lambda: os.close(1))
            self.assertEqual((done.returncode, done.stderr), (code, b"dijitso-cache: cannot write to standard output\n"))

    def test_log_level_is_taken_in_either_case(self):
        self.assertIn("total", self.ok("-v", "error", "show"))
        self.assertIn("total", self.ok("show", "--verbose", "ERROR"))


if __name__ == "__main__":
    cli.main()
