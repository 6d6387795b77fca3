"""dijitso-cache gc, pin, unpin: removes what was used longest ago, and nothing that is needed."""
import os
import time

import cli

DAY = 86400


class Gc(cli.CliTest):
    def age(self, pattern, days):
        for file in self.cache.glob(pattern):
            os.utime(file, (time.time() - days * DAY,) * 2)

    def modules(self):
        return [module["signature"] for module in self.json("show", "--json", "--signatures")["signatures"]]

    def test_wrong_usage(self):
        for args, message in (([], "give --max-size, --older-than, or both"), (["--max-size", "5x"], "'5x' is not a size"),
                              (["--older-than", "30"], "'30' is not an age"), (["--max-size", ""], "'' is not a size")):
            self.assertIn(message, self.fails(64, "gc", *args))

    def test_empty(self):
        self.assertEqual(self.ok("gc", "--max-size", "0"), "Removed 0 files, 0 B, from '%s'; 0, 0 B, stay.\n" % self.cache)
        self.assertFalse(self.cache.exists())
        self.assertEqual(self.ok("pin"), "")

    def test_by_age(self):
        self.build_modules()
        self.age("*/*", 40)
        before = self.modules()  # names only: reading a file is using it
        out = self.ok("gc", "--older-than", "30d", "-n")
        self.assertEqual(out.count("rm "), 8)
        self.assertIn("Would remove 8 files", out)
        self.assertEqual(self.modules(), before)
        self.age("obj/form.*", 1)
        self.assertIn("Removed 0 files", self.ok("gc", "--older-than", "30d"))
        self.assertEqual(self.modules(), ["element", "form"])
        self.age("obj/form.*", 40)
        document = self.json("gc", "--older-than", "30d", "--json")
        self.assertEqual((len(document["removed"]), document["dry_run"], document["kept"]), (8, False, {"count": 0, "bytes": 0}))
        self.assertEqual(self.modules(), [])

    def test_by_size(self):
        self.build_modules()
        total = self.json("show", "--json")["total"]["bytes"]
        self.assertIn("Removed 0 files", self.ok("gc", "--max-size", total))
        self.assertIn("Removed 4 files", self.ok("gc", "--max-size", total - 1))
        self.assertEqual(self.modules(), ["element"])  # which form needs, and not the other way round
        self.build_modules()
        self.assertEqual(self.modules(), ["element", "form"])

    def test_pins(self):
        self.build_modules()
        self.assertIn("no module 'fomr'; the nearest is 'form'", self.fails(1, "pin", "fomr"))
        self.assertIn("'../x' cannot be used", self.fails(1, "pin", "../x"))
        self.assertEqual(self.ok("pin", "form", "-n"), "")
        self.assertEqual(self.ok("pin", "form"), "form\n")
        self.assertEqual(self.json("pin", "--json"), {"schema_version": 1, "cache_dir": str(self.cache), "pinned": ["form"]})
        out = self.ok("gc", "--max-size", "1K")
        self.assertIn("Removed 0 files", out)
        self.assertIn("more than wanted", out)
        self.assertEqual(self.ok("unpin", "form"), "")
        self.assertEqual(self.ok("unpin", "form"), "")
        self.ok("pin", "form", "element")
        self.assertIn("Removed 8 files", self.ok("gc", "--max-size", "1K", "--keep-pinned", "no"))


if __name__ == "__main__":
    cli.main()
