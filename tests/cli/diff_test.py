"""dijitso-cache diff: what differs between two variants."""
import os
import re

import cli
import objects

DIFF = r"""--- form.OLD
\+\+\+ form.NEW
Key
  arguments
    - -Wall -shared -fPIC -std=c\+\+11 -O3 -fno-math-errno -fno-trapping-math -ffinite-math-only
    \+ -Wall -shared -fPIC -std=c\+\+11 -g -O0
  build\.debug                   false -> true
Inputs
  dependency element
    - [0-9a-f]{64}
    \+ [0-9a-f]{64}
Symbols
  value                         10 -> 16
Sections
(  \.\S+ +(\d+|absent) -> \d+\n)+  \.text                         10 -> 16
"""


class Diff(objects.ObjectTest):
    def build_two(self):
        """The older and the newer variant of the module form."""
        self.build()
        self.build(DIJITSO_BUILD_DEBUG="1")
        for signature in ("form", "element"):
            os.utime(self.entries(signature)[0], (1, 1))
        return [self.slot(file) for file in self.entries("form")]

    def test_two_variants(self):
        old, new = self.build_two()
        self.assertRegex(self.ok("diff", "form"), r"\A%s\Z" % DIFF.replace("OLD", old).replace("NEW", new))
        self.assertEqual(self.ok("diff", "form:" + old, "form." + new), self.ok("diff", "form"))
        backwards = self.ok("diff", "form:" + new, "form:" + old)
        self.assertIn("--- form.%s\n+++ form.%s\n" % (new, old), backwards)
        self.assertIn("  .debug_line                   %s -> absent\n" % re.search(r"debug_line +absent -> (\d+)", self.ok("diff", "form"))[1],
                      backwards)

    def test_json(self):
        old, new = self.build_two()
        document = self.json("diff", "form", "--json")
        self.assertEqual((document["before"], document["after"]),
                         ({"signature": "form", "variant": old}, {"signature": "form", "variant": new}))
        self.assertEqual([change["name"] for change in document["key"]], ["arguments", "build.debug"])
        self.assertEqual(document["key"][1], {"name": "build.debug", "before": "false", "after": "true"})
        self.assertEqual([change["name"] for change in document["inputs"]], ["dependency element"])
        self.assertEqual(document["symbols"], [{"name": "value", "before": 10, "after": 16}])
        sections = {change["name"]: change for change in document["sections"]}
        self.assertIsNone(sections[".debug_info"]["before"])
        self.assertNotIn(".dijitso.build", sections)

    def test_the_same_and_other_modules(self):
        self.build()
        slot = self.slot(self.entry("form"))
        self.assertEqual(self.ok("diff", "form", "form"), "--- form.%s\n+++ form.%s\n" % (slot, slot))
        text = self.ok("diff", "form", "element")
        for line in ("  signature                     form -> element\n", "  value                         10 -> absent\n",
                     "  element_value(int)            undefined -> 4\n"):
            self.assertIn(line, text)
        self.assertRegex(text, r"\n  dependency element\n    - [0-9a-f]{64}\n    \+ absent\n|dependency element +[0-9a-f]{64} -> absent\n")

    def test_not_two(self):
        self.build()
        slot = self.slot(self.entry("form"))
        self.assertIn("'form' means 1 variant, and two are compared; name another, such as 'form:%s'" % slot, self.fails(1, "diff", "form"))
        self.build(DIJITSO_BUILD_DEBUG="1")
        self.build(DIJITSO_BUILD_CXXFLAGS_OPT="-O1")
        self.assertIn("'form' means 3 variants", self.fails(1, "diff", "form"))
        self.assertIn("has no compiled module 'x'", self.fails(1, "diff", "form", "x"))
        self.fails(64, "diff")

    def test_only_verified_entries(self):
        self.build()
        file, whole = self.refuses_what_is_not_verified("diff", "element", "form")
        self.ignores_what_is_no_file(file, whole, "diff", "form", "element")


if __name__ == "__main__":
    cli.main()
