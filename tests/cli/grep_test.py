"""dijitso-cache grep: matching lines, and the exit codes of grep(1)."""
import gzip
import os
import pty
import subprocess

import cli

SOURCE = "int helper(int x)\n{\n\treturn x + 1;  // a.b*c [x] ^ \\ $ | {2} ?\n}\n"


class Grep(cli.CliTest):
    def fill(self):
        self.header = self.add("include/a.h", "int helper(int x);\n")
        self.source = self.add("src/a.cpp.gz", gzip.compress(SOURCE.encode()))
        self.other = self.add("src/b.cpp", "int other();\nint last_line_without_newline();")
        self.log = self.add("log/a.txt", "helper was compiled\n")

    def test_lines_by_file(self):
        self.fill()
        self.assertEqual(self.ok("grep", "--pattern", "helper"),
                         "\nFile '%s' matches:\n\tint helper(int x);\n\nFile '%s' matches:\n\tint helper(int x)\n"
                         % (self.header, self.source))
        self.assertEqual(self.ok("grep", "--pattern", "return", "--linenumbers"),
                         "\nFile '%s' matches:\n    3:\t%s\n" % (self.source, SOURCE.splitlines()[2]))
        self.assertEqual(self.ok("grep", "--pattern", "newline", "--linenumbers"),
                         "\nFile '%s' matches:\n    2:\tint last_line_without_newline();\n" % self.other)

    def test_counts_and_names(self):
        self.fill()
        expected = [(self.header, 1), (self.source, 1), (self.other, 2)]
        self.assertEqual(self.ok("grep", "--pattern", "int ", "--countonly"),
                         "".join("%s: %d\n" % pair for pair in expected))
        for args in (["--filesonly"], ["--filesonly", "--countonly"]):
            self.assertEqual(self.ok("grep", "--pattern", "int ", *args), "".join("%s\n" % pair[0] for pair in expected))

    def test_exit_codes(self):
        self.fill()
        self.assertEqual(self.fails(1, "grep", "--pattern", "nowhere"), "")
        self.assertEqual(self.fails(1, "grep", "--pattern", "nowhere", "--countonly"), "")
        for regex in ("(", "[", "a{2,1}", "*" * 1001):
            message = self.fails(2, "grep", "--regexmode", "--pattern", regex)
            self.assertRegex(message, r"\Adijitso-cache: the regular expression '[^\n]*\n\Z")
        self.add("notadir", "")
        self.assertIn("cannot list", self.fails(2, "grep", "-r", self.cache / "notadir"))

    def test_the_pattern_is_literal_unless_asked_otherwise(self):
        self.fill()
        for pattern in ("a.b*c", "[x]", "^ \\ $ | {2} ?", "x + 1;", "helper(int"):
            self.assertIn(str(self.source), self.ok("grep", "--filesonly", "--pattern", pattern), pattern)
        for pattern in ("a.b.c", "h.lper", "(helper)", "int|return", "{3}"):
            self.fails(1, "grep", "--pattern", pattern)
        for pattern in ("h.lper", "(helper)", "^int.*x\\)$", "\\breturn\\b", "x[ +]{3}1"):
            self.assertIn(str(self.source), self.ok("grep", "--filesonly", "--regexmode", "--pattern", pattern), pattern)

    def test_no_pattern_matches_every_line(self):
        self.fill()
        self.assertEqual(self.ok("grep", "--countonly", "--categories", "src"), "%s: 4\n%s: 2\n" % (self.source, self.other))

    def test_a_pattern_may_look_like_an_option(self):
        self.add("log/a.txt", "clang --O2\n")
        self.assertIn("clang", self.ok("grep", "--pattern", "--O2", "--categories", "log"))
        self.assertIn("clang", self.ok("grep", "--pattern=--O2", "--categories", "log"))

    def test_categories_and_signature(self):
        self.fill()
        self.add("obj/a.0123456789abcdef.o", "helper")
        self.assertEqual(self.ok("grep", "--pattern", "helper", "--filesonly", "--categories", "log"), "%s\n" % self.log)
        self.assertEqual(self.ok("grep", "--pattern", "helper", "--filesonly", "--categories", "all"),
                         "%s\n%s\n%s\n" % (self.header, self.log, self.source))
        self.assertEqual(self.ok("grep", "--pattern", "int", "--filesonly", "--signature", "b"), "%s\n" % self.other)
        self.fails(1, "grep", "--pattern", "int", "--signature", "unknown")

    def test_json(self):
        self.fill()
        document = self.json("grep", "--json", "--pattern", "return")
        self.assertEqual(document["matches"], [{"file": str(self.source), "count": 1,
                                                "lines": [{"line": 3, "text": SOURCE.splitlines()[2]}]}])
        self.assertEqual((document["pattern"], document["unsearched"]), ("return", 0))
        document = self.json("grep", "--json", "--pattern", "other", "--countonly")
        self.assertEqual(document["matches"], [{"file": str(self.other), "count": 1}])
        document = self.json("grep", "--json", "--pattern", "other", "--filesonly")
        self.assertEqual(document["matches"], [{"file": str(self.other)}])
        done = self.run_tool("grep", "--json", "--pattern", "nowhere")
        self.assertEqual(done.returncode, 1)
        self.assertIn(b'"matches": []', done.stdout)

    def test_absent_cache(self):
        self.assertEqual(self.fails(1, "grep"), "")
        self.assertFalse(self.cache.exists())

    def test_real_modules(self):
        self.build_modules()
        self.assertEqual(self.ok("grep", "--pattern", "element_value", "--countonly"),
                         "%s: 1\n%s: 1\n%s: 1\n" % (self.cache / "include/element.h", self.cache / "src/element.cpp.gz",
                                                    self.cache / "src/form.cpp.gz"))

    def test_what_cannot_be_searched_is_a_warning_and_2(self):
        self.fill()
        damaged = self.add("src/c.cpp.gz", gzip.compress(SOURCE.encode())[:-9])
        done = self.run_tool("grep", "--pattern", "helper", "--filesonly")
        self.assertEqual((done.returncode, done.stdout.decode()), (2, "%s\n%s\n" % (self.header, self.source)))
        self.assertIn("'%s' is not a whole gzip file" % damaged, done.stderr.decode())
        document = self.run_tool("grep", "--pattern", "nowhere", "--json")
        self.assertIn(b'"unsearched": 1', document.stdout)

    def test_hostile_content(self):
        self.add("src/zeros.cpp", b"\0" * 100 + b"needle\xff\x1b[2J\n" + b"x" * 1000000)
        self.add("src/pattern\nlike.cpp", "needle")
        os.mkfifo(self.cache / "src/pipe.cpp")
        (self.cache / "src/link.cpp").symlink_to("/etc/passwd")
        done = self.run_tool("grep", "--pattern", "needle", "--countonly")
        self.assertEqual((done.returncode, done.stdout.decode()), (0, "%s: 1\n" % (self.cache / "src/zeros.cpp")))
        self.assertIn(b"needle\xff\x1b[2J\n", self.run_tool("grep", "--pattern", "needle").stdout)
        self.assertIn("needle\ufffd\x1b[2J", self.json("grep", "--pattern", "needle", "--json")["matches"][0]["lines"][0]["text"])

    def test_content_cannot_steer_the_terminal(self):
        self.add("src/a.cpp", "needle\t\x1b[2J\n")
        ours, theirs = pty.openpty()
        subprocess.run([cli.BINARY, "grep", "--pattern", "needle"], env=self.env, stdout=theirs, check=True)
        os.close(theirs)
        text = os.read(ours, 1 << 16)
        os.close(ours)
        self.assertIn(b"needle\t\\x1b[2J", text)
        self.assertNotIn(b"\x1b", text)

    def test_read_only_cache(self):
        self.fill()
        for path in (self.cache, *self.cache.rglob("*")):
            path.chmod(0o555 if path.is_dir() else 0o444)
        done = self.run_as_nobody("grep", "--pattern", "other", "--filesonly")
        self.assertEqual((done.returncode, done.stdout.decode()), (0, "%s\n" % self.other))


if __name__ == "__main__":
    cli.main()
