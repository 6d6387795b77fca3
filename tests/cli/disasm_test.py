"""dijitso-cache disasm: the instructions of a module."""
import gzip
import os

import cli
import objects

DEBUG = """value: .text, 16 bytes
/dijitso/form.cpp:4  {
     0:  55                       pushq %rbp
     1:  48 89 e5                 movq %rsp, %rbp
/dijitso/form.cpp:5    return element_value(41);
     4:  bf 29 00 00 00           movl $0x29, %edi
     9:  e8 00 00 00 00           callq 0x9  # element_value(int)-4
     e:  5d                       popq %rbp
     f:  c3                       retq

"""
PLAIN = """value: .text, 10 bytes
     0:  bf 29 00 00 00           movl $0x29, %edi
     5:  e9 00 00 00 00           jmp 0x5  # element_value(int)-4

"""


class Disasm(objects.ObjectTest):
    def test_without_debug_information(self):
        self.build()
        self.assertEqual(self.ok("disasm", "form"), PLAIN)
        self.assertEqual(self.ok("disasm", "form", "--function", "value"), PLAIN)

    def test_lines_of_the_source(self):
        self.build(DIJITSO_BUILD_DEBUG="1")
        self.assertEqual(self.ok("disasm", "form"), DEBUG)

    def test_the_source_must_be_that_of_the_variant(self):
        self.build(DIJITSO_BUILD_DEBUG="1")
        source = self.cache / "src/form.cpp.gz"
        text = gzip.decompress(source.read_bytes())
        without = DEBUG.replace("  {\n", "  \n").replace("    return element_value(41);\n", "  \n")
        for content in (gzip.compress(text.replace(b"41", b"42")), gzip.compress(text)[:-3]):
            self.in_its_place(source, content)
            self.assertEqual(self.ok("disasm", "form"), without)
        source.unlink()
        self.assertEqual(self.ok("disasm", "form"), without)
        (self.cache / "src/form.cpp").write_bytes(text)
        self.assertEqual(self.ok("disasm", "form"), DEBUG)

    def test_names_of_functions(self):
        self.build()
        for name in ("element_value", "element_value(int)", "_Z13element_valuei"):
            self.assertRegex(self.ok("disasm", "element", "--function", name), r"\Aelement_value\(int\): \.text, 4 bytes\n     0:  ")
        for name in ("elment_value", "element", "x\x1b[2J"):
            message = self.fails(1, "disasm", "element", "--function", name)
            self.assertIn("the module 'element.%s' has no function '" % self.slot(self.entry("element")), message)
            self.assertIn("; the nearest is 'element_value(int)'", message)
            self.assertNotIn("\x1b", message)
        self.assertIn("nearest is 'form'", self.fails(1, "disasm", "fomr"))

    def test_json(self):
        self.build(DIJITSO_BUILD_DEBUG="1")
        document = self.json("disasm", "form", "--json")
        self.assertEqual((document["signature"], document["variant"]), ("form", self.slot(self.entry("form"))))
        (function,) = document["functions"]
        self.assertEqual((function["name"], function["section"], function["address"], function["size"]), ("value", ".text", 0, 16))
        self.assertEqual(function["instructions"][3],
                         {"address": 9, "bytes": "e800000000", "text": "callq 0x9", "refers_to": "element_value(int)-4",
                          "file": "/dijitso/form.cpp", "line": 5, "source": "  return element_value(41);"})

    def test_variants(self):
        self.build()
        self.build(DIJITSO_BUILD_DEBUG="1")
        old, _ = self.entries("form")
        os.utime(old, (1, 1))
        self.assertEqual(self.ok("disasm", "form"), DEBUG)
        self.assertEqual(self.ok("disasm", "form", "--variant", self.slot(old)), PLAIN)

    def test_only_verified_entries(self):
        self.build()
        file, whole = self.refuses_what_is_not_verified("disasm", "form")
        self.ignores_what_is_no_file(file, whole, "disasm", "form")
        self.assertEqual(self.ok("disasm", "form"), PLAIN)


if __name__ == "__main__":
    cli.main()
