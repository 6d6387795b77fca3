"""dijitso-cache clean: removes the files of a cache, or says which."""
import cli


class Clean(cli.CliTest):
    def fill(self):
        self.add("CACHEDIR.TAG", cli.CACHE_TAG)
        self.add("include/a.h", "h")
        self.add("src/a.cpp.gz", "s")
        self.add("lib/libdijitso-a.so", "l")
        self.add("log/a.txt", "t")
        self.add("obj/a.0123456789abcdef.o", "o")
        self.add("src/notes", "not ours")
        self.add("elsewhere", "not ours either")

    def names(self):
        return sorted(name.removeprefix("cache/") for name in self.files() if not name.endswith("/CACHEDIR.TAG"))

    def test_removes_what_belongs_to_the_cache_and_nothing_else(self):
        self.fill()
        self.assertEqual(self.ok("clean"), "Removed 5 files from '%s'.\n" % self.cache)
        self.assertEqual(self.names(), ["elsewhere", "src/notes"])
        self.assertEqual(self.ok("clean"), "Removed 0 files from '%s'.\n" % self.cache)

    def test_headers_of_a_project_that_is_used_as_a_cache_stay(self):
        self.add("include/mine.h", "int mine;")
        self.add("src/mine.cpp", "int x;")
        self.build_modules()
        self.assertEqual(self.ok("clean"), "Removed 8 files from '%s'.\n" % self.cache)
        self.assertEqual([name for name in self.names() if not name.startswith("stats/")], ["include/mine.h", "src/mine.cpp"])

    def test_dry_run_says_what_would_go(self):
        self.fill()
        before = self.files()
        expected = sorted("rm %s/%s" % (self.cache, name) for name in
                          ("include/a.h", "src/a.cpp.gz", "lib/libdijitso-a.so", "log/a.txt", "obj/a.0123456789abcdef.o"))
        for args in (["-n", "clean"], ["--dry-run", "1", "clean"], ["clean", "--dry-run"], ["clean", "-n", "yes"],
                     ["--dry-run=on", "clean"]):
            self.assertEqual(sorted(self.ok(*args).splitlines()), expected)
            self.assertEqual(self.files(), before)
        self.assertEqual(self.ok("clean", "--dry-run", "no"), "Removed 5 files from '%s'.\n" % self.cache)

    def test_chosen_categories(self):
        self.fill()
        self.assertEqual(self.ok("clean", "--categories", "log,src"), "Removed 2 files from '%s'.\n" % self.cache)
        self.assertEqual(self.ok("clean", "--categories", "lib", "-n"),
                         "rm %s/lib/libdijitso-a.so\nrm %s/obj/a.0123456789abcdef.o\n" % (self.cache, self.cache))
        self.assertEqual(self.ok("clean", "--categories", "obj"), "Removed 1 file from '%s'.\n" % self.cache)
        self.assertEqual(self.ok("clean", "--categories", "all"), "Removed 2 files from '%s'.\n" % self.cache)

    def test_json(self):
        self.fill()
        document = self.json("clean", "--json", "-n", "--categories", "inc")
        self.assertEqual(document, {"schema_version": 1, "cache_dir": str(self.cache), "dry_run": True,
                                    "files": {"inc": [str(self.cache / "include/a.h")]}})
        document = self.json("clean", "--json", "--categories", "inc")
        self.assertFalse(document["dry_run"])
        self.assertEqual(document["files"], {"inc": [str(self.cache / "include/a.h")]})
        self.assertNotIn("include/a.h", self.names())

    def test_absent_cache(self):
        self.assertEqual(self.ok("clean"), "Removed 0 files from '%s'.\n" % self.cache)
        self.assertEqual(self.ok("clean", "-n"), "")
        self.assertFalse(self.cache.exists())

    def test_real_modules_are_built_anew_afterwards(self):
        self.build_modules()
        self.assertEqual(self.ok("clean"), "Removed 8 files from '%s'.\n" % self.cache)
        self.assertEqual(self.json("show", "--json")["total"]["count"], 0)
        self.build_modules()
        self.assertEqual(self.json("show", "--json")["total"]["count"], 8)

    def test_read_only_cache(self):
        self.fill()
        for directory in (self.cache, *self.cache.iterdir()):
            if directory.is_dir():
                directory.chmod(0o555)
        done = self.run_as_nobody("clean")
        self.assertEqual((done.returncode, done.stdout), (1, b""))
        self.assertRegex(done.stderr.decode(), r"\Adijitso-cache: [^\n]*include/a.h[^\n]*denied[^\n]*\n\Z")
        done = self.run_as_nobody("clean", "-n")
        self.assertEqual((done.returncode, len(done.stdout.splitlines())), (0, 5))

    def test_what_is_a_link_is_left(self):
        outside = self.tmp / "outside.h"
        outside.write_text("mine")
        self.fill()
        (self.cache / "include/linked.h").symlink_to(outside)
        self.ok("clean", "--categories", "inc")
        self.assertEqual(outside.read_text(), "mine")
        self.assertTrue((self.cache / "include/linked.h").is_symlink())


if __name__ == "__main__":
    cli.main()
