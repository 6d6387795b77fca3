"""dijitso-cache inspect: what a compiled module is made of. And the reader of objects that it runs."""
import json
import os
import pathlib
import re
import shutil
import struct
import subprocess

import cli
import objects

FORM = r"""Module form, variant SLOT
  file      CACHE/obj/form.SLOT.o
  size      [0-9.]+ KiB: code 10 B, data 48 B, debug information 0 B
  compiled  20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC on \S+
  time      frontend [0-9.]+ m?s, optimiser [0-9.]+ m?s, code generation [0-9.]+ m?s
  compiler  [^\n]*clang version 22[^\n]*
  command   \$\{CXX:-c\+\+\} [^\n]*-O3[^\n]* -c form.cpp -o form.o
  format    elf64-x86-64
  needs     no features of the processor beyond its architecture
  identity  [0-9a-f]{64}
Key
  schema                1
  compiler              clang 22[^\n]*
  target                x86_64-[^\n]*
  cpu                   x86-64
  features              -
  language              c\+\+
  arguments             -Wall -shared -fPIC -std=c\+\+11 -O3 -fno-math-errno -fno-trapping-math -\.\.\.
  include               -
  headers               include .h
  environment           -
  build.cxxflags        -Wall -shared -fPIC -std=c\+\+11
  build.cxxflags_debug  -g -O0
  ... and 8 more: --key
Depends on
  element, identity [0-9a-f]{16}
Sections
  \d+ sections, 2 relocations: --sections
Symbols
        10  defined          function  value
            undefined        none      element_value\(int\)
"""


class Inspect(objects.ObjectTest):
    def test_text(self):
        self.build()
        file = self.entry("form")
        expected = FORM.replace("SLOT", self.slot(file)).replace("CACHE", re.escape(str(self.cache)))
        self.assertRegex(self.ok("inspect", "form"), r"\A%s\Z" % expected)

    def test_lists_on_request(self):
        self.build()
        text = self.ok("inspect", "form", "--sections")
        self.assertRegex(text, r"\n +size  relocations  flags  type            name\n")
        self.assertRegex(text, r"\n +10 +1  AX     PROGBITS        \.text\n")
        self.assertIn("  build.target_cpu      baseline\n", self.ok("inspect", "form", "--key"))
        self.assertNotIn("more: --key", self.ok("inspect", "form", "--key"))
        self.assertIn(".text\n", self.ok("inspect", "form", "--all"))

    def test_json_has_everything(self):
        self.build(DIJITSO_BUILD_LIBS="m")
        document = self.json("inspect", "form", "--json")
        file = self.entry("form")
        self.assertEqual((document["signature"], document["variant"], document["file"], document["bytes"]),
                         ("form", self.slot(file), str(file), file.stat().st_size))
        self.assertEqual(len(document["variants"]), 1)
        key = {item["name"]: item["value"] for item in document["key"]}
        self.assertEqual((key["language"], key["build.libs"], document["libs"]), ("c++", "m", ["m"]))
        self.assertEqual([needed["signature"] for needed in document["dependencies"]], ["element"])
        self.assertEqual((document["files"], document["isa_features"]), ([], []))
        self.assertEqual(set(document["build"]["seconds"]), {"frontend", "optimiser", "codegen"})
        self.assertGreater(min(document["build"]["seconds"].values()), 0)
        symbols = {symbol["name"]: symbol for symbol in document["symbols"] if symbol["name"]}
        self.assertEqual(symbols["value"], {"name": "value", "demangled": "value", "defined": True, "binding": "global",
                                            "type": "function", "section": ".text", "address": 0, "size": 10})
        self.assertEqual((symbols["_Z13element_valuei"]["demangled"], symbols["_Z13element_valuei"]["defined"]),
                         ("element_value(int)", False))
        sections = {section["name"]: section for section in document["sections"]}
        self.assertEqual((sections[".text"]["size"], sections[".text"]["relocations"], sections[".text"]["flags"]), (10, 1, "AX"))
        self.assertIn(".dijitso.request", sections)

    def test_variants(self):
        self.build()
        self.build(DIJITSO_BUILD_DEBUG="1")
        old, new = self.entries("form")
        os.utime(old, (1, 1))
        self.assertIn("Module form, variant %s\n" % self.slot(new), self.ok("inspect", "form"))
        self.assertRegex(self.ok("inspect", "form"), r"\nVariants, newest first\n  %s +[0-9.]+ KiB  \(this one\)\n  %s +[0-9.]+ KiB\n"
                         % (self.slot(new), self.slot(old)))
        for args in (["form", "--variant", self.slot(old)], ["form", "--variant", self.slot(old)[:9]], ["form:" + self.slot(old)],
                     ["form." + self.slot(old)], ["form:" + self.slot(old)[:9]]):
            self.assertIn("Module form, variant %s\n" % self.slot(old), self.ok("inspect", *args))
        self.assertIn("the module 'form' has no variant 'xyz'; there is %s, %s" % (self.slot(new), self.slot(old)),
                      self.fails(1, "inspect", "form", "--variant", "xyz"))

    def test_a_module_of_a_read_only_directory(self):
        self.build()
        self.env["DIJITSO_CACHE_READONLY_DIRS"] = str(self.cache)
        self.env["DIJITSO_CACHE_DIR"] = str(self.tmp / "mine")
        self.assertIn("Module form", self.ok("inspect", "form"))

    def test_unknown_modules(self):
        message = self.fails(1, "inspect", "form")
        self.assertIn("'%s' has no compiled module 'form', and no other; check the cache directory" % self.cache, message)
        self.build()
        for name in ("fomr", "form.x/../..", "form\x1b", ":", "nothing:00"):
            message = self.fails(1, "inspect", name)
            self.assertIn("the nearest is '", message)
            self.assertNotIn("\x1b", message)
            self.assertEqual(message.count("\n"), 1)
        self.fails(64, "inspect")
        self.fails(64, "inspect", "form", "element")

    def test_only_verified_entries(self):
        self.build()
        file, whole = self.refuses_what_is_not_verified("inspect", "form")
        self.ignores_what_is_no_file(file, whole, "inspect", "form")
        self.assertIn("Module form", self.ok("inspect", "form"))

    def test_unreadable(self):
        self.build()
        for path in (self.cache, self.cache / "obj"):
            path.chmod(0o755)
        self.entry("form").chmod(0)
        done = self.run_as_nobody("inspect", "form")
        self.assertEqual((done.returncode, done.stdout), (1, b""))
        self.assertRegex(done.stderr.decode(), r"form\.[^\n]*cannot be verified[^\n]*Permission denied\n\Z")

    def test_llvm_is_loaded_by_the_reader_only(self):
        self.build()
        self.env["LD_DEBUG"] = "files"  # the reader does not inherit it
        done = self.run_tool("inspect", "form")
        loaded = set(re.findall(r"file=(\S+)", done.stderr.decode()))
        self.assertTrue(any("libdijitso.so" in name for name in loaded), loaded)
        self.assertFalse([name for name in loaded if re.search("LLVM|clang|lld|dijitso-(orc|compiler)", name)])
        self.assertIn(b"element_value(int)", done.stdout)

    def test_the_reader_is_missing(self):
        self.build()
        library = pathlib.Path(cli.BINARY).parent.parent / "lib" / "libdijitso.so.0"
        shutil.copy(library, self.tmp)
        self.env["LD_LIBRARY_PATH"] = str(self.tmp)
        message = self.fails(1, "inspect", "form")
        self.assertIn("cannot find the program dijitso-object-reader from '%s': install dijitso completely" % self.tmp, message)


class Reader(objects.ObjectTest):
    """What a hostile object does, without anything between it and LLVM."""

    def read(self, question, *contents):
        program = pathlib.Path(cli.BINARY).parent.parent / "libexec/dijitso/dijitso-object-reader"
        frames = b"".join(struct.pack("<Q", len(content)) + content for content in contents)
        return subprocess.run([program, *question], input=frames, capture_output=True, timeout=60)

    def test_one_answer_for_each_object(self):
        self.build()
        form, element = self.entry("form").read_bytes(), self.entry("element").read_bytes()
        done = self.read(["symbols", "--name", "element_value"], form, b"no object", element, b"")
        self.assertEqual(done.returncode, 0)
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([answer["symbols"][0]["defined"] for answer in answers[::2]], [False, True])
        self.assertTrue(answers[1]["error"] and answers[3]["error"])

    def test_flipped_bits(self):
        self.build(DIJITSO_BUILD_DEBUG="1")
        whole = self.entry("form").read_bytes()
        contents = []
        for at in range(0, len(whole), 7):
            flipped = bytearray(whole)
            flipped[at] ^= 1 << at % 8
            contents.append(bytes(flipped))
        for question in (["contents"], ["disassembly"]):
            left, outcomes = contents, set()
            while left:
                done = self.read(question, *left)
                answers = [json.loads(line) for line in done.stdout.splitlines()]
                outcomes.update("error" in answer for answer in answers)
                self.assertEqual(len(answers) == len(left), done.returncode == 0)
                left = left[len(answers) + 1:]  # it may crash, for that it is a process of its own
            self.assertEqual(outcomes, {True, False})

    def test_wrong_usage(self):
        for question in ([], ["everything"], ["symbols", "--name"], ["symbols", "--regex", "("]):
            done = self.read(question)
            self.assertEqual((done.returncode, done.stdout), (64, b""))
            self.assertTrue(done.stderr)


if __name__ == "__main__":
    cli.main()
