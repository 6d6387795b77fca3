"""Files that begin with the same headers share these precompiled; objects, messages and rules for make stay those of Clang's own command."""
import json
import shutil
import subprocess

import compiler_commands

SYSTEM = "".join("#include <%s>\n" % name for name in ("algorithm", "functional", "iostream", "map", "regex", "string", "vector"))
OWN = """#pragma once
#include <cassert>
inline const char *place() { return __FILE__; }
inline int own(int x) { assert(x > %d); return x; }
"""
HEADERS = {"include/common.h": "#pragma once\n" + SYSTEM + "#include \"own.h\"\n", "include/own.h": OWN % 1}
SOURCE = """#include "common.h"
int f%d(const std::map<int, int> &m) {
  int unused;
  return m.size() + own(1) + *place();
}
"""


class PrecompiledTest(compiler_commands.CommandTest):
    words = ("-O1", "-Wall", "-Ifirst", "-Iinclude", "-MD")

    def setUp(self):
        super().setUp()
        compiler_commands.write_files(self.work, {**HEADERS, **{"src/f%d.cpp" % i: SOURCE % i for i in range(4)}})

    def command(self, file, *words, **more):
        """Runs a command, and that of Clang: all that they print and write must be equal. The exit code."""
        made = []
        for program in (compiler_commands.CLANG.replace("clang-", "clang++-"), "dijitso-c++"):
            done = self.run_command(*self.words, *words, "-c", file, "-o", "x.o", program=program, **more)
            outputs = [self.work / name for name in ("x.d", "x.o")]
            made.append([done.returncode, done.stderr] + [path.read_bytes() for path in outputs if path.exists()])
        self.assertEqual(made[0][:3], made[1][:3], file)
        self.assertEqual(made[0] == made[1], True, file)
        return done.returncode

    def compile(self, file, *words, **more):
        """Whether a command that must succeed used precompiled headers."""
        before = set(self.entries())
        self.assertEqual(self.command(file, *words, **more), 0)
        entry, = set(self.entries()) - before
        return self.inspect(entry)["build"]["precompiled_headers"]

    def use(self, *words, **more):
        """Which of two files used precompiled headers: the first one parses them, the second one makes them."""
        return [self.compile("src/f%d.cpp" % i, *words, **more) for i in range(2)]

    def inspect(self, entry):
        return json.loads(self.run_command("inspect", "--json", entry.name.split(".")[0], program="dijitso-cache").stdout)

    def stored(self):
        """How many entries are precompiled headers; the others are notes."""
        return sum(path.stat().st_size > 1_000_000 for path in (self.cache / "pch").glob("*.o"))

    def test_second_file_makes_them(self):
        self.assertEqual(self.use(), [False, True])
        self.assertEqual(self.stored(), 1)
        self.assertTrue(self.compile("src/f2.cpp"))
        self.assertEqual(self.stored(), 1)
        recorded = [[file["path"] for file in self.inspect(entry)["files"]] for entry in self.entries()]
        self.assertIn("include/own.h", recorded[0])
        self.assertEqual(recorded, recorded[:1] * 3)
        self.assertEqual({name for name in self.names() if name.startswith("src/")}, {"src/f%d.cpp" % i for i in range(4)})

    def test_edited_header(self):
        self.use()
        compiler_commands.write_files(self.work, {"include/own.h": OWN % 2})
        self.assertTrue(self.compile("src/f0.cpp"))
        self.assertTrue(self.compile("src/f2.cpp"))

    def test_header_that_is_found_first(self):
        self.use()
        compiler_commands.write_files(self.work, {"first/common.h": HEADERS["include/common.h"], "first/own.h": OWN % 3})
        self.assertTrue(self.compile("src/f0.cpp"))
        self.assertIn("first/own.h", (self.work / "x.d").read_text())

    def test_other_flags_have_others(self):
        self.use()
        self.assertEqual(self.use("-DNDEBUG"), [False, True])
        self.assertEqual(self.stored(), 2)

    def test_other_directory_has_others(self):
        self.use()
        shutil.copytree(self.work, self.tmp / "copy")
        self.work = self.tmp / "copy"
        self.assertEqual([self.compile("src/f%d.cpp" % i, "-DA") for i in range(2)], [False, True])
        self.assertEqual(self.stored(), 2)

    def test_names_with_dots(self):
        """Such as those of headers beside a source in the current directory."""
        for name in ("common.h", "own.h"):
            shutil.move(self.work / "include" / name, self.work / name)
        for i in range(2):
            shutil.move(self.work / "src" / ("f%d.cpp" % i), self.work / ("f%d.cpp" % i))
        self.assertEqual([self.compile("f%d.cpp" % i) for i in range(2)], [False, True])
        self.assertIn(b"./own.h", (self.work / "x.o").read_bytes())
        self.assertEqual([self.compile("./f%d.cpp" % i) for i in range(2)], [False, True])
        self.assertEqual([self.compile("src/f%d.cpp" % i, "-I./src/..") for i in range(2, 4)], [False, True])

    def test_absolute_names_with_dots(self):
        """As in the headers of Eigen."""
        compiler_commands.write_files(self.work, {"far/far.h": "#pragma once\n#include \"./near.h\"\n#include <common.h>\n",
                                                  "far/near.h": "inline const char *far() { return __FILE__; }\n"})
        for i in range(3):
            compiler_commands.write_files(self.work, {"src/f%d.cpp" % i: "#include <far.h>\nconst char *g() { return far(); }\n" + SOURCE % i})
        self.assertEqual([self.compile("src/f%d.cpp" % i, "-I%s/far" % self.work) for i in range(3)], [False, True, True])
        self.assertIn(b"/far/./near.h", (self.work / "x.o").read_bytes())
        self.assertIn("/far/./near.h ", (self.work / "x.d").read_text())

    def test_header_that_is_named_again_in_another_way(self):
        """The rule has all its names, and __FILE__ is the first one."""
        again = "#pragma once\ninline int again() { return 1; }\n"
        named = "#ifndef NAME\n#define NAME first\n#endif\ninline const char *NAME() { return __FILE__; }\n"
        compiler_commands.write_files(self.work, {"far/far.h": "#pragma once\n#include \"./again.h\"\n#include \"./named.h\"\n#include <common.h>\n",
                                                  "far/again.h": again, "far/named.h": named})
        for i in range(3):
            text = "#include <far.h>\n%s#undef NAME\n#define NAME second\n#include <named.h>\n#include \"../far/again.h\"\n#include <again.h>\n"
            compiler_commands.write_files(self.work, {"src/f%d.cpp" % i: text % (SOURCE % i) + "const char *n[] = {first(), second()};\n"})
        for folder, names in ("%s/far" % self.work, ("./named.h", "again.h")), ("far", ("named.h", "again.h")), ("./far", ("named.h", "again.h")):
            self.assertEqual([self.compile("src/f%d.cpp" % i, "-I" + folder) for i in range(3)], [False, True, True])
            rule = (self.work / "x.d").read_text()
            for name in ("%s/%s" % (folder.removeprefix("./"), name) for name in (*names, "./again.h", "./named.h")):
                self.assertIn(" %s " % name, rule.replace("\n", " ") + " ")
            self.assertIn(" src/../far/again.h ", rule)

    def test_what_excludes_them(self):
        self.assertEqual(self.use("-g"), [False, False])
        self.assertEqual(self.use("-include", "map"), [False, False])
        self.assertEqual(self.use(DIJITSO_BUILD_PCH="off"), [False, False])
        self.assertEqual(self.stored(), 0)
        for text in ("inline int warned() { int unused; return 1; }\n", "inline int level() { return __INCLUDE_LEVEL__; }\n"):
            compiler_commands.write_files(self.work, {"include/own.h": OWN % 1 + text})
            self.assertEqual(self.use(), [False, False])
        self.assertEqual(self.stored(), 0)

    def test_file_with_an_error(self):
        self.use()
        for text in ("int g() { return undeclared; }\n", "int g() { return own(); }\n", "#include <nothing.h>\n", "#error stop\n"):
            compiler_commands.write_files(self.work, {"src/f3.cpp": SOURCE % 3 + text})
            self.assertEqual(self.command("src/f3.cpp"), 1)

    def test_processes_that_need_them_at_once(self):
        self.compile("src/f0.cpp")
        made = [[compiler_commands.COMMAND.replace("dijitso-cc", "dijitso-c++"), *self.words, "-c", "src/f%d.cpp" % i, "-o", "%d.o" % i]
                for i in range(1, 4)]
        started = [subprocess.Popen(words, cwd=self.work, env=self.env, stderr=subprocess.DEVNULL) for words in made]
        self.assertEqual([process.wait() for process in started], [0] * 3)
        self.assertEqual(self.stored(), 1)

    def test_cache_that_cannot_be_used(self):
        for i in range(2):
            self.cc(*self.words, "-c", "src/f%d.cpp" % i, DIJITSO_CACHE_DIR="/proc/no/cache", program="dijitso-c++")


if __name__ == "__main__":
    compiler_commands.main()
