"""dijitso-cache verify: what is corrupt, untrusted or unreadable, told apart by the exit code."""
import gzip
import os

import cli


class Verify(cli.CliTest):
    def verify(self, code, *args):
        done = self.run_tool("verify", *args)
        self.assertEqual(done.returncode, code, done)
        return done.stdout.decode()

    def element(self):
        file = next((self.cache / "obj").glob("element.*"))
        file.chmod(0o644)
        return file

    def test_empty_and_sound(self):
        self.assertEqual(self.ok("verify"), "0 files in '%s': nothing is wrong.\n" % self.cache)
        self.assertEqual(self.ok("verify", "--all", "--repair"), "0 files in '%s': nothing is wrong.\n" % self.cache)
        self.assertFalse(self.cache.exists())
        self.build_modules()
        self.assertEqual(self.ok("verify"), "2 files in '%s': nothing is wrong.\n" % self.cache)
        self.assertEqual(self.json("verify", "--all", "--json"),
                         {"schema_version": 1, "cache_dir": str(self.cache), "files": 8, "faults": 0, "findings": []})

    def test_every_kind_of_damage(self):
        self.build_modules()
        whole = self.element().read_bytes()
        for damaged in (b"", whole[:100], whole[:-1], whole + b"x", whole[:500] + b"?" + whole[501:]):
            self.element().write_bytes(damaged)
            before = self.files()
            self.assertRegex(self.verify(1), r"\Acorrupt %s: [^\n]+\n2 files in '%s': 1 finding\.\n\Z" % (self.element(), self.cache))
            self.assertEqual(self.files(), before)

    def test_repair(self):
        self.build_modules()
        self.element().write_bytes(b"damaged")
        self.assertIn("corrupt", self.verify(1, "--repair", "-n"))
        self.assertTrue(self.element().exists())
        self.assertIn("[put aside]", self.verify(1, "--repair"))
        self.assertEqual(self.verify(0), "1 file in '%s': nothing is wrong.\n" % self.cache)
        self.assertEqual(len(list((self.cache / "quarantine").iterdir())), 1)
        self.assertIn("depends on the module 'element', which is not in the cache", self.verify(1, "--all"))
        self.build_modules()
        self.verify(0, "--all")
        (self.cache / "src/form.cpp.gz").unlink()
        (self.cache / "src/form.cpp.gz").write_bytes(gzip.compress(bytes(1 << 24)))
        self.assertIn("[removed]", self.verify(1, "--all", "--repair"))
        self.verify(0, "--all")

    def test_what_others_may_have_written(self):
        self.build_modules()
        self.element().chmod(0o666)
        self.assertRegex(self.verify(2), r"\Auntrusted %s: others can write it" % self.element())
        self.element().chmod(0o444)
        self.cache.chmod(0o777)
        self.assertRegex(self.verify(2), r"\Auntrusted %s: [^\n]*everybody" % self.cache)

    def test_a_directory_of_hostile_files(self):
        self.build_modules()
        names = iter("%s.0123456789abcdef.o" % c for c in "abcdefghij")
        obj = self.cache / "obj"
        sound = self.element().read_bytes()
        with open("/bin/true", "rb") as program:
            self.add("obj/" + next(names), program.read())
        self.add("obj/" + next(names), gzip.compress(bytes(1 << 24)))
        self.add("obj/" + next(names), sound)  # under another name
        corrupt = 3
        (obj / next(names)).symlink_to("/etc/passwd")
        os.mkfifo(obj / next(names))
        (obj / next(names)).mkdir()
        untrusted = 3
        (self.cache / "src/b.cpp.gz").write_bytes(gzip.compress(bytes(1 << 30)))
        before = sorted(obj.iterdir())
        document = cli.json.loads(self.verify(3, "--json"))
        faults = [finding["fault"] for finding in document["findings"]]
        self.assertEqual((faults.count("corrupt"), faults.count("untrusted")), (corrupt, untrusted))
        self.verify(3, "--all")
        self.assertEqual(sorted(obj.iterdir()), before)

    def test_unreadable(self):
        self.build_modules()
        for path in (self.tmp, self.cache):
            path.chmod(0o755)
        obj = self.cache / "obj"
        obj.chmod(0o700)
        done = self.run_as_nobody("verify")
        self.assertEqual(done.returncode & 4, 4, done)
        self.assertIn(b"unreadable", done.stdout)
        obj.chmod(0o755)
        self.element().chmod(0)
        done = self.run_as_nobody("verify")
        self.assertEqual(done.returncode & 5, 4, done)
        self.assertIn(b"Permission denied", done.stdout)


if __name__ == "__main__":
    cli.main()
