"""dijitso-cache explain: why a run would, or would not, find a module."""
import cli


class Explain(cli.CliTest):
    def setUp(self):
        super().setUp()
        self.build_modules()
        names = sorted(file.name.removesuffix(".o") for file in (self.cache / "obj").iterdir())
        self.element, self.form = names

    def test_today(self):
        self.assertEqual(self.ok("explain", "form"), self.form + ": its request would be answered by it\n")
        self.assertEqual(self.json("explain", "form", "--json"), {
            "schema_version": 1, "compared_with": None,
            "variants": [{"variant": self.form, "usable": True, "reasons": [], "differences": []}]})
        (self.cache / "obj" / (self.element + ".o")).unlink()
        self.assertEqual(self.ok("explain", "form"), self.form + ": would not be used\n"
                         "  the variant of 'element' that it was built against is not in the cache\n")
        self.assertFalse(self.json("explain", "form", "--json")["variants"][0]["usable"])

    def test_against_current(self):
        self.assertEqual(self.ok("explain", "form", "--against-current"), self.form + ": is the same as what is set here\n")
        self.env["DIJITSO_BUILD_CXXFLAGS_OPT"] = "-O1"
        self.env["CPATH"] = "/somewhere"
        out = self.ok("explain", "form", "--against-current")
        self.assertIn(self.form + ": differs from what is set here\n", out)
        self.assertRegex(out, r"  build\.cxxflags_opt\n    - [^\n]*-O3[^\n]*\n    \+ -O1\n")
        self.assertRegex(out, r"  environment\n    - [^\n]*\n    \+ CPATH=/somewhere\n")
        document = self.json("explain", "form", "--against-current", "--json")
        self.assertEqual(document["compared_with"], "what is set here")
        self.assertIn("build.cxxflags_opt", [difference["name"] for difference in document["variants"][0]["differences"]])

    def test_two_variants(self):
        self.env["DIJITSO_BUILD_CXXFLAGS_OPT"] = "-O1"
        self.build_modules()
        forms = sorted(file.name.removesuffix(".o") for file in (self.cache / "obj").glob("form.*"))
        self.assertEqual(len(forms), 2)
        out = self.ok("explain", *forms)
        self.assertIn("%s: differs from %s\n" % tuple(forms), out)
        for name in ("build.cxxflags_opt", "dependency element"):
            self.assertIn("  %s\n    - " % name, out)
        self.assertEqual(self.ok("explain", forms[0], forms[0]), "%s: is the same as %s\n" % (forms[0], forms[0]))
        self.assertEqual(len(self.json("explain", "form", forms[0], "--json")["variants"]), 1)
        self.assertIn("  source\n", self.ok("explain", "form", "element"))

    def test_errors(self):
        self.assertIn("no compiled module 'x'", self.fails(1, "explain", "x"))
        self.assertIn("no compiled module 'x'", self.fails(1, "explain", "form", "x"))
        file = self.cache / "obj" / (self.form + ".o")
        file.chmod(0o644)
        file.write_bytes(b"damaged")
        self.assertIn("cannot be verified", self.fails(1, "explain", "form"))


if __name__ == "__main__":
    cli.main()
