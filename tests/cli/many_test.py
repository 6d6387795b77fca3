"""A cache of ten thousand entries, and one of hostile files: every command that reads one ends, in order."""
import gzip
import os
import pty
import re
import subprocess

import cli

COUNT = 10_000
READING = (["show"], ["show", "--files", "--signatures", "--json"], ["verify"], ["verify", "--all"], ["gc", "--max-size", "1K", "-n"],
           ["locks"], ["pin"], ["deps", "form"], ["deps", "element", "--reverse"], ["why", "form", "element"],
           ["explain", "form"], ["export", "--all", "-o", "x", "-n"], ["grep", "--pattern", "value"],
           ["inspect", "form", "--all"], ["symbols", "value"], ["disasm", "form"], ["diff", "form", "element"], ["report"], ["stats"])


class Many(cli.CliTest):
    def test_ten_thousand_entries(self):
        self.build_modules()
        subprocess.run([os.path.join(os.path.dirname(cli.BINARY), "cli_copies"), str(COUNT)],
                       env={**cli.sanitizer_options(), **self.env}, check=True, timeout=300)
        show = self.json("show", "--json", "--signatures")
        self.assertEqual((show["categories"]["obj"]["count"], len(show["signatures"])), (COUNT + 2, COUNT + 2))
        self.assertEqual(self.json("verify", "--json")["files"], COUNT + 2)
        half = show["categories"]["obj"]["bytes"] // 2
        document = self.json("gc", "--max-size", half, "-n", "--json")
        self.assertLessEqual(document["kept"]["bytes"], half)
        self.assertGreater(document["kept"]["count"], COUNT // 3)
        self.assertEqual(len(self.json("deps", "element", "--reverse", "--json")["modules"]), 2)
        self.assertEqual(len(self.json("report", "--json")["variants"]), COUNT + 2)
        (symbol,) = self.json("symbols", "element_value", "--json")["symbols"]
        self.assertEqual(len(symbol["modules"]), 2)  # the copies have another object
        archive = self.tmp / "all.tar.zst"
        self.ok("export", "--all", "-o", archive)
        other = self.tmp / "other"
        shown = self.run_on_terminal("-r", other, "import", archive)
        self.assertRegex(shown, r"\A\rimporting \[#*\.*\] \d+ of %d *\r" % (2 * COUNT + 4))
        self.assertRegex(shown, r"\r +\r\Z")  # nothing stays
        self.assertTrue(re.fullmatch(r"[\r\w \[\]#.]*", shown))  # and there is no colour
        self.assertEqual(self.run_on_terminal("-r", other, "import", archive, "-n", TERM="dumb"), "")
        self.assertEqual(self.json("-r", other, "import", archive, "--json")["present"], COUNT + 2)
        self.assertEqual(self.json("-r", other, "verify", "--json")["findings"], [])
        self.assertEqual(len(self.json("gc", "--max-size", half, "--json")["removed"]), len(document["removed"]))

    def run_on_terminal(self, *args, TERM="xterm"):
        """What standard error shows there."""
        leader, follower = pty.openpty()
        process = subprocess.Popen([cli.BINARY, *map(str, args)], env={**cli.sanitizer_options(), **self.env, "TERM": TERM},
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=follower)
        os.close(follower)
        shown = b""
        try:
            while piece := os.read(leader, 4096):
                shown += piece
        except OSError:  # the other end is closed
            pass
        os.close(leader)
        self.assertEqual(process.wait(), 0)
        return shown.decode()

    def hostile(self):
        """The real modules, and beside them what nobody would like to read."""
        self.build_modules()
        obj = self.cache / "obj"
        sound = next(obj.glob("form.*")).read_bytes()
        names = iter("h%d.0123456789abcdef.o" % i for i in range(20))
        with open("/bin/true", "rb") as program:
            elf = program.read()
        for content in (b"", sound[:100], sound[:-1], sound[:400] + bytes([sound[400] ^ 1]) + sound[401:], elf, bytes(1 << 20),
                        gzip.compress(bytes(1 << 24))):
            self.add("obj/" + next(names), content)
        (obj / next(names)).symlink_to("/etc/passwd")
        os.mkfifo(obj / next(names))
        (obj / next(names)).mkdir()
        self.add("obj/\x1b[2J.0123456789abcdef.o", sound)
        self.add("src/h0.cpp.gz", gzip.compress(bytes(1 << 28)))
        os.mkfifo(self.cache / "claims/h0.0123456789abcdef")
        os.mkfifo(self.cache / "include/h0.h")
        self.add("pins/h0", b"?" * 100)
        os.mkfifo(self.cache / "pins/h1")
        unreadable = self.add("obj/" + next(names), sound)
        unreadable.chmod(0)

    def test_hostile_files(self):
        self.hostile()
        # Anybody may look, for those whom permissions concern.
        for path in (self.cache, *self.cache.rglob("*")):
            if path.is_dir() and not path.is_symlink():
                path.chmod(0o755)
        names = sorted(self.cache.rglob("*"))
        # The program that reads objects is not where nobody's tool looks for it.
        expected = {"verify": (3, 7), "grep": (0, 2), "symbols": (2,), "inspect": (0, 1), "disasm": (0, 1), "diff": (0, 1)}
        for args in READING:
            for run in (self.run_tool, self.run_as_nobody):
                with self.subTest(args=args, run=run.__name__):
                    done = run("-r", self.cache, *args)
                    nothing_trusted = run == self.run_as_nobody and args[0] in ("gc", "export") and os.getuid() == 0
                    self.assertIn(done.returncode, (1,) if nothing_trusted else expected.get(args[0], (0,)), done.stderr)
                    self.assertNotIn(b"\x1b", done.stderr)
        self.assertEqual(sorted(self.cache.rglob("*")), names)
        self.assertEqual(list(self.home.iterdir()), [])
        archive = self.tmp / "all.tar.zst"
        done = self.run_tool("export", "--all", "-o", archive)
        self.assertEqual((done.returncode, self.json("-r", self.tmp / "other", "import", archive, "--json")["imported"]), (0, 2))

    def test_no_llvm_is_loaded(self):
        self.build_modules()
        for args in READING:
            maps = subprocess.run([cli.BINARY, *args], env={**self.env, "LD_DEBUG": "libs"}, cwd=self.home, capture_output=True).stderr
            self.assertIn(b"libdijitso.so", maps)
            for library in (b"libLLVM", b"libdijitso-orc", b"libdijitso-compiler"):
                self.assertNotIn(library, maps)


if __name__ == "__main__":
    cli.main()
