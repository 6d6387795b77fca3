"""dijitso-cache symbols: which modules define and use a symbol."""
import signal

import cli
import objects


class Symbols(objects.ObjectTest):
    def test_defined_and_used(self):
        self.build()
        expected = "element_value(int)\n  defined          element.%s  function, 4 B\n  used             form.%s\n" % (
            self.slot(self.entry("element")), self.slot(self.entry("form")))
        for name in ("element_value", "element_value(int)", "_Z13element_valuei"):
            self.assertEqual(self.ok("symbols", name), expected)
        self.assertEqual(self.ok("symbols", "lement.*i", "--regexmode"), expected)

    def test_names_are_whole(self):
        self.build()
        for name in ("element", "element_value(", "lement_value", "value(int)", "_Z13", ""):
            done = self.run_tool("symbols", name)
            self.assertEqual((done.returncode, done.stdout), (64 if name == "" else 1, b""), name)
        self.assertRegex(self.ok("symbols", "value"), r"\Avalue\n  defined          form\.\w+  function, 10 B\n\Z")

    def test_json(self):
        self.build()
        document = self.json("symbols", "element_value", "--json")
        self.assertEqual((document["pattern"], document["unverified"], len(document["symbols"])), ("element_value", 0, 1))
        symbol = document["symbols"][0]
        self.assertEqual((symbol["name"], symbol["demangled"]), ("_Z13element_valuei", "element_value(int)"))
        self.assertEqual([(module["signature"], module["defined"]) for module in symbol["modules"]], [("element", True), ("form", False)])
        self.assertEqual(symbol["modules"][0],
                         {"signature": "element", "variant": self.slot(self.entry("element")), "defined": True, "binding": "global",
                          "type": "function", "section": ".text", "address": 0, "size": 4})

    def test_prototypes(self):
        self.build()
        text = self.ok("symbols", "element_value", "--prototypes")
        self.assertRegex(text, r"  defined          element\.\w+  function, 4 B  int element_value\(int\s?\w*\)\n  used             form\.\w+\n")
        modules = self.json("symbols", "element_value", "--prototypes", "--json")["symbols"][0]["modules"]
        self.assertRegex(modules[0]["prototype"], r"\Aint element_value\(int\s?\w*\)\Z")
        self.assertNotIn("prototype", modules[1])
        self.assertNotIn("prototype", self.json("symbols", "element_value", "--json")["symbols"][0]["modules"][0])

    def test_empty_cache(self):
        self.assertEqual(self.fails(1, "symbols", "value"), "")
        done = self.run_tool("symbols", "value", "--json")
        self.assertEqual((done.returncode, b'"symbols": []' in done.stdout), (1, True))
        self.assertFalse(self.cache.exists())

    def test_parent_that_ignores_its_children(self):
        self.build()
        for command in (["symbols", "value"], ["disasm", "element"], ["inspect", "element"]):
            done = self.run_tool(*command, preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN))
            self.assertEqual((done.returncode, done.stderr), (0, b""), command)

    def test_wrong_expression(self):
        for regex in ("(", "a{2000}", "x" * 1001):
            self.assertIn("cannot be used", self.fails(2, "symbols", regex, "--regexmode"))

    def test_what_is_not_verified_is_not_searched(self):
        self.build()
        file, whole = self.refuses_what_is_not_verified("symbols", "element_value", code=2, shows_the_rest=True)
        self.in_its_place(file, whole[:-1])
        done = self.run_tool("symbols", "element_value", "--json")
        self.assertEqual((done.returncode, b'"unverified": 1' in done.stdout, b'"form"' in done.stdout), (2, True, False))
        self.ignores_what_is_no_file(file, whole, "symbols", "value")

    def test_more_objects_than_one_process_reads(self):
        self.build()
        whole = self.entry("element").read_bytes()
        for i in range(1500):
            (self.cache / "obj" / ("element.%016x.o" % i)).write_bytes(whole)
        text = self.ok("symbols", "element_value")
        self.assertEqual(text.count("\n  defined "), 1501)
        self.assertEqual(text.count("\n  used "), 1)


if __name__ == "__main__":
    cli.main()
