"""dijitso-cache show: counts, sizes, files and signatures of a cache directory."""
import os
import pty
import subprocess

import cli

CATEGORIES = ["inc", "src", "lib", "log", "obj", "pch"]


class Show(cli.CliTest):
    def fill(self):
        self.add("include/a.h", b"x" * 10)
        self.add("src/a.cpp.gz", b"x" * 1536)
        self.add("log/a.txt", b"x" * 5)
        self.add("obj/a.0123456789abcdef.o", b"x" * (3 << 20))
        self.add("obj/a.fedcba9876543210.o", b"x" * 0)
        self.add("obj/b.0123456789abcdef.o", b"x" * 1)
        self.add("tmp/ignored", b"x" * 7)

    def rows(self, *args):
        """Category -> rest of its line."""
        lines = [line.split(None, 1) for line in self.ok("show", *args).splitlines()]
        return {words[0]: words[1] for words in lines if len(words) == 2}

    def test_absent_cache_is_empty_and_stays_absent(self):
        text = self.ok("show")
        self.assertIn("%s (does not exist yet)" % self.cache, text)
        self.assertRegex(text, r"\n  total +0 +0 B\n")
        document = self.json("show", "--json", "--files", "--signatures")
        self.assertFalse(document["exists"])
        self.assertEqual(document["total"], {"count": 0, "bytes": 0})
        self.assertEqual(document["signatures"], [])
        self.assertFalse(self.cache.exists())

    def test_empty_cache(self):
        self.cache.mkdir()
        self.assertNotIn("does not exist", self.ok("show", "--files", "--signatures"))
        self.assertTrue(self.json("show", "--json")["exists"])

    def test_counts_and_sizes(self):
        self.fill()
        rows = self.rows()
        self.assertEqual([name for name in rows if name in CATEGORIES], CATEGORIES)
        self.assertRegex(rows["inc"], r"^1 +10 B$")
        self.assertRegex(rows["src"], r"^1 +1\.5 KiB$")
        self.assertRegex(rows["lib"], r"^0 +0 B$")
        self.assertRegex(rows["obj"], r"^3 +3\.0 MiB$")
        self.assertRegex(rows["total"], r"^6 +3\.0 MiB$")
        self.assertNotIn("quarantine", self.ok("show"))

    def test_json_has_bytes_and_lists_on_request(self):
        self.fill()
        document = self.json("show", "--json")
        self.assertEqual(list(document["categories"]), CATEGORIES)
        self.assertEqual(document["categories"]["src"], {"dir": str(self.cache / "src"), "count": 1, "bytes": 1536})
        self.assertEqual(document["total"], {"count": 6, "bytes": 10 + 1536 + 5 + (3 << 20) + 1})
        self.assertNotIn("signatures", document)
        document = self.json("show", "--json", "--files", "--signatures")
        self.assertEqual(document["categories"]["log"]["files"], [{"name": "a.txt", "bytes": 5}])
        self.assertEqual(document["signatures"], [{"signature": "a", "variants": 2}, {"signature": "b", "variants": 1}])

    def test_counts_only(self):
        self.fill()
        self.assertEqual(self.ok("show", "--count"), """\
Cache directory %s
             files
  inc            1
  src            1
  lib            0
  log            1
  obj            3
  pch            0
  total          6
""" % self.cache)
        self.assertEqual(self.json("show", "--count", "--json", "--categories", "obj,log"),
                         {"schema_version": 1, "cache_dir": str(self.cache), "categories": {"log": {"count": 1}, "obj": {"count": 3}},
                          "total": {"count": 4}})
        self.assertEqual(self.json("-r", self.tmp / "none", "show", "--count", "--json")["total"], {"count": 0})
        for other in ("--files", "--signatures", "--no-summary"):
            self.assertIn("--count: only counts are shown", self.fails(64, "show", "--count", other))

    def test_counts_are_of_files(self):
        self.fill()
        (self.cache / "src" / "link").symlink_to("a.cpp.gz")
        (self.cache / "src" / "folder").mkdir()
        os.mkfifo(self.cache / "src" / "pipe")
        self.add("src/.hidden", "")
        for args in (["--count"], []):
            self.assertEqual(self.json("show", "--json", *args)["categories"]["src"]["count"], 1)
        (self.cache / "log").rename(self.cache / "moved")
        (self.cache / "log").symlink_to(self.cache / "moved")
        self.assertIn("symbolic links are not followed", self.fails(1, "show", "--count"))

    def test_files_and_signatures_without_summary(self):
        self.fill()
        self.assertEqual(self.ok("show", "--signatures", "--no-summary").split("\n"),
                         ["Modules", "  a (2 variants)", "  b", "", ""])
        text = self.ok("show", "--files", "--no-summary", "--categories", "src,inc")
        self.assertEqual(text.split(), ["inc", "10", "B", str(self.cache / "include/a.h"),
                                        "src", "1.5", "KiB", str(self.cache / "src/a.cpp.gz")])
        self.assertEqual(self.ok("show", "--no-summary"), "")

    def test_chosen_categories(self):
        self.fill()
        rows = self.rows("--categories", "log,inc,inc")
        self.assertEqual([name for name in rows if name in CATEGORIES], ["inc", "log"])
        self.assertRegex(rows["total"], r"^2 +15 B$")
        for wrong in ("foo", "", "inc,,src", "inc,", "INC"):
            message = self.fails(64, "show", "--categories", wrong)
            self.assertIn("--categories: there is no category", message)
            self.assertIn("inc, src, lib, log, obj, pch or all", message)

    def test_damaged_files_have_a_line_of_their_own(self):
        self.fill()
        self.add("quarantine/a.0123456789abcdef.o.0123456789abcdef", b"x" * 2048)
        self.assertIn("quarantine: 1 damaged file, 2.0 KiB, in %s\n" % (self.cache / "quarantine"), self.ok("show"))
        document = self.json("show", "--json")
        self.assertEqual((document["quarantine"]["count"], document["quarantine"]["bytes"]), (1, 2048))
        self.assertEqual(document["total"]["count"], 6)

    def test_option_wins_over_environment_in_either_position(self):
        self.fill()
        other = self.tmp / "other"
        for args in (["--cache-dir", other, "show"], ["-r", other, "show"], ["show", "--cache-dir", other]):
            self.assertIn("Cache directory %s (does not exist yet)\n" % other, self.ok(*args))

    def test_directory_of_the_configuration_file(self):
        self.fill()
        del self.env["DIJITSO_CACHE_DIR"]
        os.rename(self.cache / "src", self.cache / "code")
        self.configure("[cache]\ncache_dir = %s\nsrc_dir = code\n" % self.cache)
        self.assertEqual(self.json("show", "--json")["categories"]["src"]["bytes"], 1536)

    def test_what_cannot_be_listed_is_one_clear_line(self):
        self.add("file", b"x" * 1)
        (self.cache / "src").symlink_to("/")
        for args in (["show", "-r", self.cache / "file"], ["show"], ["show", "--json"], ["show", "-r", "n" * 300]):
            message = self.fails(1, *args)
            self.assertRegex(message, r"\Adijitso-cache: cannot list the cache directory '[^\n]+\n\Z")

    def test_unreadable_directory(self):
        self.fill()
        self.cache.chmod(0o755)
        (self.cache / "include").chmod(0)
        done = self.run_as_nobody("show")
        (self.cache / "include").chmod(0o700)
        self.assertEqual((done.returncode, done.stdout), (1, b""))
        self.assertIn("'%s': Permission denied; check its owner and permissions" % (self.cache / "include"),
                      done.stderr.decode())

    def test_hostile_names_cannot_steer_the_terminal(self):
        self.cache.mkdir()
        (self.cache / "src").mkdir()
        (self.cache / "src" / "\x1b[2J\nobj 99").write_text("")
        os.close(os.open(os.fsencode(self.cache) + b"/src/\xff\xfe", os.O_CREAT | os.O_WRONLY))
        os.mkfifo(self.cache / "src" / "pipe")
        done = self.run_tool("show", "--files")
        self.assertEqual(done.returncode, 0)
        self.assertIn(rb"\x1b[2J\x0aobj 99", done.stdout)
        self.assertNotIn(b"\x1b", done.stdout)
        names = [file["name"] for file in self.json("show", "--json", "--files")["categories"]["src"]["files"]]
        self.assertEqual(names, ["\x1b[2J\nobj 99", "\ufffd\ufffd"])

    def on_terminal(self, **env):
        ours, theirs = pty.openpty()
        subprocess.run([cli.BINARY, "show"], env={**self.env, **env}, stdout=theirs, check=True)
        os.close(theirs)
        text = os.read(ours, 1 << 16)
        os.close(ours)
        return text

    def test_colour_only_on_a_terminal_that_wants_it(self):
        self.fill()
        self.assertNotIn("\x1b", self.ok("show", "--files", "--signatures"))
        self.assertIn(b"\x1b[1m", self.on_terminal(TERM="xterm"))
        self.assertNotIn(b"\x1b", self.on_terminal(TERM="xterm", NO_COLOR="1"))
        self.assertNotIn(b"\x1b", self.on_terminal(TERM="dumb"))
        self.assertNotIn(b"\x1b", self.on_terminal())
        self.assertIn(b"\x1b[1m", self.on_terminal(TERM="xterm", NO_COLOR=""))

    def test_a_full_output_is_an_error(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([cli.BINARY, "show"], env=self.env, stdout=full, stderr=subprocess.PIPE)
        self.assertEqual((done.returncode, done.stderr), (1, b"dijitso-cache: cannot write to standard output\n"))

    def test_a_thousand_modules(self):
        for i in range(1000):
            self.add("obj/form_%d.%016x.o" % (i, i), b"x" * 3)
        document = self.json("show", "--json", "--signatures")
        self.assertEqual(document["categories"]["obj"]["bytes"], 3000)
        self.assertEqual(len(document["signatures"]), 1000)


if __name__ == "__main__":
    cli.main()
