"""dijitso-cache pack-headers: what is packed, what is shown of it, and what is refused."""
import os
import pty
import shutil
import subprocess

import cli


class PackHeaders(cli.CliTest):
    def setUp(self):
        super().setUp()
        self.ufc = self.tmp / "ufc"
        (self.ufc / "deep").mkdir(parents=True)
        (self.ufc / "ufc.h").write_text("int ufc;\n")
        (self.ufc / "deep/more.h").write_text("int more;\n")
        self.pack = self.tmp / "headers.pack"

    def made(self, *args):
        return self.json("pack-headers", "-o", self.pack, "--json", *args)

    def test_a_directory(self):
        made = self.made("-I", self.ufc)
        (directory,) = made["directories"]
        self.assertEqual(directory, {"kind": "include directory", "name": "ufc-" + directory["digest"][:16],
                                     "digest": directory["digest"], "paths": [str(self.ufc)], "files": 2, "bytes": 19})
        self.assertEqual((made["file"], made["bytes"]), (str(self.pack), self.pack.stat().st_size))
        self.assertEqual(self.json("pack-headers", "--list", self.pack, "--json"), made)
        self.assertEqual(self.ok("pack-headers", "--list", self.pack).splitlines()[1:],
                         ["digest " + made["digest"], directory["name"] + " (include directory): 2 files, 19 B", "  %s" % self.ufc])

    def test_the_same_bytes_again(self):
        self.ok("pack-headers", "-o", self.pack, "-I", self.ufc)
        before = self.pack.read_bytes()
        os.utime(self.ufc / "ufc.h", (1, 1))
        self.ok("pack-headers", "-o", self.pack, "-I", self.ufc, cwd=self.ufc)
        self.assertEqual(self.pack.read_bytes(), before)
        self.ok("pack-headers", "-o", self.pack, "-I", ".", cwd=self.ufc)
        self.assertEqual(self.pack.read_bytes(), before)

    def test_the_same_digest_elsewhere(self):
        made = self.made("-I", self.ufc)
        elsewhere = shutil.copytree(self.ufc, self.tmp / "other/place")
        self.assertEqual(self.made("-I", elsewhere)["digest"], made["digest"])
        (elsewhere / "ufc.h").write_text("int UFC;\n")
        self.assertNotEqual(self.made("-I", elsewhere)["digest"], made["digest"])

    def test_parts_and_several_directories(self):
        made = self.made("-I", "%s:deep" % self.ufc, "--include-dir", self.ufc / "deep")
        self.assertEqual([(d["name"].split("-")[0], d["files"]) for d in sorted(made["directories"], key=lambda d: d["name"])],
                         [("deep", 1), ("more", 1)])

    def test_a_link_has_two_names(self):
        (self.tmp / "link").symlink_to("ufc")
        (directory,) = self.made("-I", self.tmp / "link")["directories"]
        self.assertEqual(directory["paths"], [str(self.tmp / "link"), str(self.ufc)])

    def test_the_system(self):
        made = self.made("--default", "-I", "/usr/include:python3.11/Python.h")
        kinds = [directory["kind"] for directory in made["directories"]]
        self.assertEqual(sorted(set(kinds)), ["C library", "C++ library", "compiler"])
        self.assertEqual(kinds, sorted(kinds, key=["C++ library", "compiler", "C library"].index))
        (include,) = [directory for directory in made["directories"] if "/usr/include" in directory["paths"]]
        self.assertLess(include["files"], 3000)
        self.assertLess(self.pack.stat().st_size, 20 << 20)
        (alone,) = self.made("-I", "/usr/include:python3.11/Python.h")["directories"]
        self.assertEqual((alone["name"], alone["files"]), (include["name"], 1))

    def test_doctor_tells_of_it(self):
        self.ok("pack-headers", "-o", self.pack, "--default")
        self.env["DIJITSO_BUILD_HEADER_PACKS"] = str(self.pack)
        lines = self.ok("doctor").splitlines()
        self.assertIn("ok       headers: those of C and C++ are found", lines)
        (line,) = [line for line in lines if "header pack" in line]
        self.assertRegex(line, r"\Aok       header pack: '%s' has c\+\+, .*clang, c, .*; digest [0-9a-f]{64}\Z" % self.pack)
        self.pack.write_bytes(b"no pack")
        done = self.run_tool("doctor", "--no-compile")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout.decode(), r"problem  header pack: .*'%s' cannot be used" % self.pack)

    def test_explain_tells_of_it(self):
        self.build_modules()
        self.ok("pack-headers", "-o", self.pack, "-I", self.ufc)
        self.env["DIJITSO_BUILD_HEADER_PACKS"] = str(self.pack)
        self.assertIn("packs", self.run_tool("explain", "element", "--against-current").stdout.decode())

    def test_damaged(self):
        self.ok("pack-headers", "-o", self.pack, "-I", self.ufc)
        whole = self.pack.read_bytes()
        for damaged in (b"", whole[:-1], whole + b"x", whole[:-1] + bytes([whole[-1] ^ 1]), b"?" * len(whole)):
            self.pack.write_bytes(damaged)
            self.assertRegex(self.fails(1, "pack-headers", "--list", self.pack),
                             r"the header pack '%s' cannot be used: [^\n]+dijitso-cache pack-headers[^\n]+\n\Z" % self.pack)
        self.pack.unlink()
        self.assertIn("cannot be opened", self.fails(1, "pack-headers", "--list", self.pack))

    def test_what_is_refused(self):
        for args, text in ((["-I", self.tmp / "none"], "there is no such directory"),
                           (["-I", "%s:none" % self.ufc], "has no part 'none'"),
                           (["-I", "%s:../x" % self.ufc], "has no part '../x'"),
                           (["-I", self.home], "has no files that could be packed"),
                           ([], "nothing was chosen")):
            self.assertIn(text, self.fails(1, "pack-headers", "-o", self.pack, *args))
            self.assertFalse(self.pack.exists())
        self.assertIn("cannot be written", self.fails(1, "pack-headers", "-o", self.tmp / "none/p", "-I", self.ufc))
        self.assertIn("give either --output or --list", self.fails(64, "pack-headers"))
        self.assertIn("give either --output or --list", self.fails(64, "pack-headers", "-o", "a", "--list", "b"))

    def test_progress_on_a_terminal(self):
        master, slave = pty.openpty()
        self.env["TERM"] = "xterm"
        done = self.run_tool("pack-headers", "-o", self.pack, "--default", stderr=slave)  # takes seconds
        os.close(slave)
        shown = os.read(master, 100000)
        os.close(master)
        self.assertEqual(done.returncode, 0)
        self.assertIn(b"packing [", shown)
        self.assertRegex(shown, rb"#\.* ?\] \d+ of \d{4}")


if __name__ == "__main__":
    cli.main()
