"""dijitso-cache stats: how often the cache was used, what that saved, and what is in it."""
import json
import os
import pathlib
import resource
import subprocess
import time

import cli

EMPTY_USE = {"hits": 0, "memory_hits": 0, "disk_hits": 0, "misses": 0, "hit_ratio": None, "published": 0, "unpublished": 0, "quarantined": 0,
             "seconds": {"compiling": 0, "saved": 0}}
EMPTY_CONTENTS = {"modules": 0, "variants": 0, "precompiled": 0, "quarantined": 0, "count": 0, "bytes": 0, "oldest_ns": None, "newest_ns": None}


class Stats(cli.CliTest):
    def fill(self):
        """Files and records, all of them known."""
        for name, size, written in (("obj/a.0123456789abcdef.o", 1000, 1_700_000_000), ("obj/a.fedcba9876543210.o", 24, 1_795_737_600),
                                    ("obj/b.0123456789abcdef.o", 500, 1_750_000_000), ("include/a.h", 12, 1), ("pch/prelude.0123456789abcdef.o", 512, 1),
                                    ("quarantine/c.0123456789abcdef.o.fedcba9876543210", 7, 1)):
            os.utime(self.add(name, bytes(size)), (written, written))
        self.add("stats/202610.sum", "20261030 disk_hits=10 saved_us=1500000 .\n20261031 compiles=2 published=1 unpublished=1 compiling_us=250000 .\n")
        self.add("stats/202611/host.0123abcd", "\n20261127 memory_hits=5 quarantined=1 .\n\n20261127 disk_hits=1 saved_us=250000 .\n")
        self.cache.chmod(0o700)

    def test_no_cache(self):
        self.assertEqual(self.ok("stats"), """\
Cache directory %s
Use
  hits                             0
    from memory                    0
    from disk                      0
  misses (compiled)                0
  published                        0
  time to compile             0.0 ms
  saved                       0.0 ms
Contents
  modules                          0
  variants                         0
  precompiled headers              0
  put aside, damaged               0
  files                            0  0 B
""" % self.cache)
        self.assertEqual(self.json("stats", "--json"),
                         {"schema_version": 1, "cache_dir": str(self.cache), "use": EMPTY_USE, "days": [], "unreadable": [], "contents": EMPTY_CONTENTS})
        self.assertFalse(self.cache.exists())

    def test_text(self):
        self.fill()
        self.assertEqual(self.ok("stats"), """\
Cache directory %s
Use since 2026-10-30
  hits                            16  88.9 %%
    from memory                    5
    from disk                     11
  misses (compiled)                2
  published                        1
  could not be published           1
  damaged, put aside               1
  time to compile           250.0 ms
  saved                       1.75 s
Contents
  modules                          2
  variants                         3
  precompiled headers              1
  put aside, damaged               1
  files                            5  2.0 KiB
  oldest                 2023-11-14 22:13:20 UTC
  newest                 2026-11-27 00:00:00 UTC
""" % self.cache)

    def test_json(self):
        self.fill()
        document = self.json("stats", "--json")
        self.assertEqual(document["use"], {"hits": 16, "memory_hits": 5, "disk_hits": 11, "misses": 2, "hit_ratio": 16 / 18, "published": 1,
                                           "unpublished": 1, "quarantined": 1, "seconds": {"compiling": 0.25, "saved": 1.75}})
        self.assertEqual([day.pop("day") for day in document["days"]], ["2026-10-30", "2026-10-31", "2026-11-27"])
        self.assertEqual(document["days"][1], {**EMPTY_USE, "misses": 2, "hit_ratio": 0, "published": 1, "unpublished": 1,
                                               "seconds": {"compiling": 0.25, "saved": 0}})
        self.assertEqual(document["contents"], {"modules": 2, "variants": 3, "precompiled": 1, "quarantined": 1, "count": 5, "bytes": 2048,
                                                "oldest_ns": 1_700_000_000 * 10**9, "newest_ns": 1_795_737_600 * 10**9})

    def test_programs_are_counted(self):
        self.build_modules()
        self.build_modules()
        document = self.json("stats", "--json")
        use = document["use"]
        # The program gets both modules by name, and one of them as what the other needs.
        self.assertEqual((use["misses"], use["published"], use["disk_hits"], use["unpublished"]), (2, 2, 2, 0))
        self.assertEqual(document["contents"]["modules"], 2)
        # What was saved is what both had taken to compile, which the entries say.
        report = self.json("report", "--json")
        self.assertAlmostEqual(use["seconds"]["saved"], sum(report["seconds"].values()), delta=1e-5)
        self.assertAlmostEqual(use["seconds"]["compiling"], use["seconds"]["saved"], delta=1e-5)
        self.assertEqual(report["days"], document["days"])
        self.assertLessEqual(len(document["days"]), 2)  # midnight may pass

    def test_programs_that_need_no_disk_write_nothing(self):
        self.env["DIJITSO_CACHE_USE_DISK"] = "no"
        self.build_modules()
        self.assertFalse(self.cache.exists())

    def test_zero(self):
        self.fill()
        before = self.files()
        self.assertEqual(self.ok("stats", "--zero", "-n"), "Would set the numbers of '%s' to zero.\n" % self.cache)
        self.assertEqual(self.files(), before)
        self.assertEqual(self.ok("stats", "-z"), "Set the numbers of '%s' to zero.\n" % self.cache)
        self.assertEqual([name for name in before if name not in self.files()], [name for name in before if "/stats/" in name])
        document = self.json("stats", "--json")
        self.assertEqual((document["use"], document["days"], document["contents"]["modules"]), (EMPTY_USE, [], 2))
        self.assertEqual(self.json("stats", "--zero", "--json"), {"schema_version": 1, "cache_dir": str(self.cache), "dry_run": False})

    def test_zero_only_in_a_directory_of_ones_own(self):
        self.fill()
        self.cache.chmod(0o777)
        before = self.files()
        self.assertIn("nothing is removed: '%s' can be written by everybody" % self.cache, self.fails(1, "stats", "--zero"))
        self.assertEqual(self.files(), before)

    def test_hostile_records(self):
        self.fill()
        self.cache.chmod(0o755)
        month = self.cache / "stats" / "202611"
        (month / "cut").write_bytes(b"\n20261127 disk_hits=1")
        (month / "elf").write_bytes(pathlib.Path("/bin/true").read_bytes()[:4000])
        (month / "huge").touch()
        os.truncate(month / "huge", 1 << 40)
        os.mkfifo(month / "fifo")
        (month / "link").symlink_to(self.cache / "stats" / "202610.sum")
        (self.cache / "stats" / "202609").symlink_to(month)
        unreadable = month / "unreadable"
        unreadable.write_text("20261127 disk_hits=1000 .\n")
        unreadable.chmod(0)
        names = sorted(self.cache.rglob("*"))
        limit = resource.getrlimit(resource.RLIMIT_AS)[1]
        done = subprocess.run([cli.BINARY, "stats", "--json"], env={**cli.sanitizer_options(), **self.env}, cwd=self.home, capture_output=True,
                              timeout=60)
        self.assertEqual((done.returncode, done.stderr), (0, b""), limit)
        for done in (done, self.run_as_nobody("-r", self.cache, "stats", "--json")):
            document = json.loads(done.stdout)
            hits = document["use"]["disk_hits"] % 1000  # root may read everything
            self.assertEqual((done.returncode, hits), (0, 11))
            reasons = "\n".join(document["unreadable"])
            self.assertIn("cut' has 1 line that is no record", reasons)
            self.assertRegex(reasons, r"elf' has \d+ lines? that (is|are) no record")
            self.assertIn("huge': File too large", reasons)
            self.assertNotRegex(reasons, "fifo|link|202609")
        self.assertIn("unreadable': Permission denied", reasons)
        text = self.ok("stats")
        self.assertIn("  not counted: '%s/cut' has 1 line that is no record\n" % month, text)
        self.assertEqual(sorted(self.cache.rglob("*")), names)

    def test_a_file_in_place_of_the_records(self):
        self.fill()
        for name in list(self.files()):
            if "/stats/" in name:
                (self.tmp / name).unlink()
        for folder in ("202611", ""):
            (self.cache / "stats" / folder).rmdir()
        self.add("stats", "x")
        self.assertIn("not counted: cannot list the cache directory '%s': it is not a directory" % (self.cache / "stats"), self.ok("stats"))
        self.build_modules()  # programs go on
        self.assertEqual((self.cache / "stats").read_text(), "x")

    def test_read_only_cache(self):
        self.build_modules()
        before = self.json("stats", "--json")
        self.env["DIJITSO_CACHE_READONLY_DIRS"] = str(self.cache)
        self.cache = self.tmp / "own"
        self.env["DIJITSO_CACHE_DIR"] = str(self.cache)
        self.build_modules()  # takes all from there: its own directory is not even made
        self.assertFalse(self.cache.exists())
        self.cache = self.tmp / "cache"
        self.env["DIJITSO_CACHE_DIR"] = str(self.cache)
        self.assertEqual(self.json("stats", "--json"), before)
        for path in (self.cache, *self.cache.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o444)
        done = self.run_as_nobody("-r", self.cache, "stats", "--json")
        self.assertEqual((done.returncode, json.loads(done.stdout)), (0, before))

    def test_other_commands_leave_the_records_alone(self):
        self.build_modules()
        month = time.strftime("%Y%m", time.gmtime())
        (self.cache / "stats" / month / "old").write_text("20200101 disk_hits=7 .\n")
        before = self.json("stats", "--json")
        self.assertEqual(self.json("verify", "--all", "--json")["findings"], [])
        self.ok("gc", "--max-size", "1G")
        self.ok("export", "--all", "-o", "all.tar.zst")
        self.ok("clean")
        after = self.json("stats", "--json")
        self.assertEqual((after["use"], after["days"]), (before["use"], before["days"]))
        self.assertEqual(after["contents"]["modules"], 0)

    def test_gc_sums_what_is_over(self):
        self.fill()
        self.add("stats/202001/one", "20200115 disk_hits=7 .\n")
        self.add("stats/202001/two", "20200115 disk_hits=1 .\n20200116 compiles=1 .\n")
        use = self.json("stats", "--json")["use"]
        self.ok("gc", "--max-size", "1G", "-n")
        self.assertTrue((self.cache / "stats" / "202001").exists())
        self.ok("gc", "--max-size", "1G")
        self.assertFalse((self.cache / "stats" / "202001").exists())
        self.assertEqual((self.cache / "stats" / "202001.sum").read_text(), "20200115 disk_hits=8 .\n20200116 compiles=1 .\n")
        self.assertEqual(self.json("stats", "--json")["use"], use)


if __name__ == "__main__":
    cli.main()
