"""dijitso-cache deps and why: the modules that others were built against."""
import os
import xml.etree.ElementTree

import cli


class Deps(cli.CliTest):
    def setUp(self):
        super().setUp()
        self.build_modules()
        names = sorted(file.name.removesuffix(".o") for file in (self.cache / "obj").iterdir())
        self.element, self.form = names

    def test_tree(self):
        self.assertEqual(self.ok("deps", "form"), "%s\n  %s\n" % (self.form, self.element))
        self.assertEqual(self.ok("deps", "element"), self.element + "\n")
        self.assertEqual(self.ok("deps", "element", "--reverse"), "%s\n  %s\n" % (self.element, self.form))
        self.assertEqual(self.ok("deps", self.form), self.ok("deps", "form"))
        self.assertEqual(self.ok("deps", self.form.replace(".", ":")[:-8]), self.ok("deps", "form"))

    def test_json(self):
        self.assertEqual(self.json("deps", "form", "--json"), {
            "schema_version": 1, "reverse": False, "roots": [self.form], "modules": [
                {"variant": self.form, "module": "form", "bytes": (self.cache / "obj" / (self.form + ".o")).stat().st_size,
                 "needs": [self.element], "missing": []},
                {"variant": self.element, "module": "element",
                 "bytes": (self.cache / "obj" / (self.element + ".o")).stat().st_size, "needs": [], "missing": []}]})
        self.assertEqual(self.json("deps", "element", "--reverse", "--json")["modules"][0]["needed_by"], [self.form])

    def test_what_is_missing(self):
        (self.cache / "obj" / (self.element + ".o")).unlink()
        self.assertEqual(self.ok("deps", "form"), "%s\n  element (not in the cache)\n" % self.form)
        self.assertEqual(self.json("deps", "form", "--json")["modules"][0]["missing"], ["element"])
        self.assertIn("no compiled module 'element'; the nearest is 'form'", self.fails(1, "deps", "element"))
        self.assertIn("(not in the cache)", self.ok("deps", "form", "--dot"))
        (self.cache / "obj" / (self.form + ".o")).chmod(0o644)
        (self.cache / "obj" / (self.form + ".o")).write_bytes(b"damaged")
        self.assertIn("cannot be verified", self.fails(1, "deps", "form"))
        self.assertIn("no other", self.fails(1, "-r", self.tmp / "none", "deps", "form"))

    def test_drawing(self):
        graph = self.ok("deps", "element", "--reverse", "--dot")
        self.assertIn('"%s" -> "%s";' % (self.form, self.element), graph)
        self.assertIn("install the package graphviz", self.fails(1, "deps", "form", "--svg"))
        self.env["PATH"] = "relative:/nonexistent:/usr/bin"
        image = xml.etree.ElementTree.fromstring(self.ok("deps", "form", "--svg"))
        self.assertEqual(image.tag, "{http://www.w3.org/2000/svg}svg")
        self.env["PATH"] = str(self.tmp)
        program = self.tmp / "dot"
        program.write_text("#!/bin/sh\necho wrong >&2\nexit 3\n")
        program.chmod(0o755)
        self.assertRegex(self.fails(1, "deps", "form", "--svg"), "'dot' failed: [^\n]*wrong")
        os.remove(program)

    def test_why(self):
        self.assertEqual(self.ok("why", "form", "element"), "%s\nneeds %s\n" % (self.form, self.element))
        self.assertEqual(self.json("why", "form", "element", "--json")["path"], [self.form, self.element])
        done = self.run_tool("why", "element", "form")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (1, b"'element' does not need 'form'.\n", b""))
        self.assertIn("no compiled module 'x'", self.fails(2, "why", "form", "x"))


if __name__ == "__main__":
    cli.main()
