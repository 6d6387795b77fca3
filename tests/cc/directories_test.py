"""Two checkouts of one project share their objects, as far as these do not depend on the directory."""
import shutil

import compiler_commands

FILES = {
    "src/a.c": '#include "a.h"\n#include <b.h>\nint f(void) { int unused; return A + B; }\n',
    "src/a.h": "#define A 1\n",
    "include/b.h": "#define B 1\n",
    "work/.keep": "",
}
WORDS = ("-O2", "-Wall", "-I../include", "-I../first", "-c", "../src/a.c", "-o", "a.o", "-MMD")


class DirectoriesTest(compiler_commands.CommandTest):
    def setUp(self):
        super().setUp()
        self.one, self.two = self.checkout("one"), self.checkout("two")

    def checkout(self, name):
        compiler_commands.write_files(self.work / name, FILES)
        return self.work / name / "work"

    def compiles(self, cwd, *words, **more):
        """How many entries a command that must succeed makes. Its object must be that of Clang's own command."""
        before = len(self.entries())
        words = words or WORDS
        self.messages = self.cc(*words, cwd=cwd, **more)
        made, rule = (cwd / "a.o").read_bytes(), (cwd / "a.d").read_text() if "-MMD" in words else ""
        self.cc(*words, cwd=cwd, program=compiler_commands.CLANG, **more)
        self.assertEqual((cwd / "a.o").read_bytes() == made, True, (cwd, words))
        if rule:
            self.assertEqual((cwd / "a.d").read_text(), rule)
        return len(self.entries()) - before

    def test_second_checkout_is_a_hit(self):
        self.assertEqual(self.compiles(self.one), 1)
        first = self.messages
        self.assertIn("unused variable", first)
        self.assertEqual(self.compiles(self.two), 0)
        self.assertEqual(self.messages, first)
        # Also after the first one is gone.
        shutil.rmtree(self.one.parent)
        self.assertEqual(self.compiles(self.two), 0)

    def test_header_that_differs(self):
        for name, text in (("src/a.h", "#define A 2\n"), ("include/b.h", "#define B 2\n")):
            self.assertLessEqual(self.compiles(self.one), 1)
            compiler_commands.write_files(self.two.parent, {name: text})
            self.assertEqual(self.compiles(self.two), 1)
            compiler_commands.write_files(self.two.parent, {name: FILES[name]})
            self.assertEqual(self.compiles(self.two), 0)
        (self.two.parent / "src/a.h").unlink()
        self.assertIn("'a.h' file not found", self.refused(*WORDS, cwd=self.two))

    def test_header_that_is_found_first(self):
        words = ("-I../first", "-I../include", "-O1", "-c", "../src/a.c", "-o", "a.o")
        self.assertEqual(self.compiles(self.one, *words), 1)
        compiler_commands.write_files(self.two.parent, {"first/b.h": "#define B 7\n"})
        self.assertEqual(self.compiles(self.two, *words), 1)
        self.assertEqual(self.compiles(self.one, *words), 0)
        shutil.rmtree(self.two.parent / "first")
        self.assertEqual(self.compiles(self.two, *words), 0)

    def test_debug_information(self):
        self.assertEqual(self.compiles(self.one, "-g", *WORDS), 1)
        self.assertEqual(self.compiles(self.two, "-g", *WORDS), 1)
        for flag in ("-fdebug-compilation-dir=.", "-ffile-compilation-dir=/x"):
            self.assertEqual(self.compiles(self.one, "-g", flag, *WORDS), 1)
            self.assertEqual(self.compiles(self.two, "-g", flag, *WORDS), 0)

    def test_replaced_beginnings_of_paths(self):
        for name in ("-ffile-prefix-map=", "-fdebug-prefix-map="):
            for cwd, expected in ((self.one, 1), (self.two, 0)):
                self.assertEqual(self.compiles(cwd, "-g", "%s%s=." % (name, cwd.parent), *WORDS), expected)
        # The path of a file that is replaced in one directory, and not in the other.
        for cwd in (self.one, self.two):
            header = self.one.parent / "include" / "b.h"
            compiler_commands.write_files(cwd.parent, {"src/a.c": '#include "%s"\nstruct S { int x[B]; } s;\n' % header})
            self.assertEqual(self.compiles(cwd, "-g", "-ffile-prefix-map=%s=." % cwd.parent, *WORDS), 1)

    def test_names_of_files_in_the_code(self):
        text = {"src/a.c": '#include "a.h"\nconst char *f(void) { return __FILE__ A; }\n', "src/a.h": "#define A __FILE__\n"}
        for cwd, expected in ((self.one, 1), (self.two, 0)):
            compiler_commands.write_files(cwd.parent, text)
            self.assertEqual(self.compiles(cwd), expected)
            self.assertIn(b"../src/a.c../src/a.c", (cwd / "a.o").read_bytes())
        for cwd in (self.one, self.two):
            self.assertEqual(self.compiles(cwd, "-O2", "-c", str(cwd.parent / "src/a.c"), "-o", "a.o"), 1)
            self.assertIn(str(cwd.parent).encode(), (cwd / "a.o").read_bytes())

    def test_directory_that_a_header_names(self):
        """As in the config.h that a configure script has made."""
        for cwd in (self.one, self.two):
            compiler_commands.write_files(cwd.parent, {"src/a.h": 'static const char *A = "%s";\n' % cwd,
                                                       "src/a.c": '#include "a.h"\nconst char *f(void) { return A; }\n'})
            self.assertEqual(self.compiles(cwd), 1)
        for cwd in (self.one, self.two):
            self.assertEqual(self.compiles(cwd), 0)

    def test_messages_that_name_the_directory(self):
        for cwd in (self.one, self.two):
            self.assertEqual(self.compiles(cwd, "-fdiagnostics-absolute-paths", *WORDS), 1)
            self.assertIn("/%s/src/a.c:3" % cwd.parent.name, self.messages)


if __name__ == "__main__":
    compiler_commands.main()
