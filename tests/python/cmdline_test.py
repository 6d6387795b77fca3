"""`python -m dijitso` is the command line; the commands print what dijitso-cache prints."""
import contextlib
import io
import os
import subprocess
import sys
import unittest

import dijitso
from dijitso import __main__
from dijitso.errors import UsageError
from package import ANSWER, PYTHONPATH, PackageTest

TOOL = sys.argv.pop(1)  # dijitso-cache


class CmdlineTest(PackageTest):
    def setUp(self):
        super().setUp()
        self.jit("m", ANSWER, header="int answer_header;")

    def main(self, *args):
        """(exit code, standard output, standard error)"""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = __main__.main(list(args))
            except SystemExit as end:
                code = end.code
        return code, out.getvalue(), err.getvalue()

    def test_same_as_the_tool(self):
        for args in (["show", "--files", "--signatures"], ["show", "--json"], ["config"], ["config", "--key", "cache.inc_dir"],
                     ["grep", "--pattern", "answer"], ["grep", "--pattern", "absent"], ["grep", "--pattern", "a", "--json"],
                     ["grepfunction", "--name", "answer"], ["version"], ["inspect", "m"], ["inspect", "m", "--json"], ["inspect", "absent"], ["report"], ["report", "--json"], ["stats"], ["stats", "--json"], ["symbols", "answer"], ["diff", "m"], ["diff", "m", "m"],
                     ["symbols", "absent"], ["disasm", "m"], ["disasm", "m", "--function", "answer"], ["-n", "clean"], ["clean", "-n"],
                     ["clean", "--dry-run=yes"], ["checkout", "--signature", "m", "-n"], ["checkout", "--signature", "absent"],
                     ["export", "m", "-o", "m.tar.zst"], ["export", "--all", "-o", "m.tar.zst", "--json"], ["export", "x", "-o", "m"],
                     ["import", "m.tar.zst"], ["import", "x", "--json"], ["verify", "--all"], ["locks"], ["pin"], ["gc", "--max-size", "1G"], ["gc"],
                     ["pack-headers"], ["pack-headers", "--list", "absent"], ["pack-headers", "-o", "p", "-I", "absent", "-I", "other"],
                     ["precompile"], ["precompile", "--for", "absent"], ["precompile", "--for", "petsc", "--for", "absent", "-I", "absent", "--layer", "-r", "c"],
                     ["-r", "/nonexistent/cache", "show"], ["show", "--cache-dir", "/nonexistent/cache"]):
            tool = subprocess.run([TOOL, *args], capture_output=True, text=True)
            code, out, err = self.main(*args)
            self.assertEqual((code, out), (tool.returncode, tool.stdout), args)
            self.assertEqual(bool(err), bool(tool.stderr), args)

    def test_in_a_process(self):
        self.assertIn("m", self.run_python("-m", "dijitso", "show", "--signatures"))
        self.run_python("-m", "dijitso", code=64)
        self.assertIn("Try 'dijitso --help'", self.stderr)

    def test_wrong_usage(self):
        for args, message in ((["shw"], "invalid choice"), (["checkout"], "--signature"), (["inspect"], "MODULE"), (["inspect", "m", "m"], "unrecognized"), (["show", "--categories", "abc"], "abc"),
                              (["show", "--verbose", "loud"], "loud"), (["config", "--key", "cache.inc"], "cache.inc")):
            code, out, err = self.main(*args)
            self.assertEqual((code, out), (64, ""), args)
            self.assertIn(message, err)

    def test_help(self):
        code, out, _ = self.main("clean", "--help")
        self.assertEqual(code, 0)
        self.assertIn("remove files from cache", out)
        self.assertIn("--categories LIST", out)

    def test_commands_as_functions(self):
        class Args:
            pass

        args = Args()
        args.pattern = 3
        with self.assertRaisesRegex(UsageError, "--pattern: a text is expected"):
            dijitso.cmdline.cmd_grep(args, None)
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            self.assertEqual(dijitso.cmdline.cmd_version(Args(), self.params), 0)
        self.assertIn(dijitso.__version__, out.getvalue())

    def test_closed_output(self):
        process = subprocess.Popen([sys.executable, "-m", "dijitso", "config"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env={**os.environ, "PYTHONPATH": PYTHONPATH})
        process.stdout.close()
        errors = process.stderr.read().decode()
        process.stderr.close()
        self.assertEqual((process.wait(), errors), (1, ""))


if __name__ == "__main__":
    unittest.main()
