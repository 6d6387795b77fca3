"""With DIJITSO_CC_BASE_DIR, checkouts share objects although the build system writes absolute paths."""
import subprocess

import compiler_commands

FILES = {
    "CMakeLists.txt": "cmake_minimum_required(VERSION 3.20)\nproject(p CXX)\nset(CMAKE_CXX_FLAGS -O1)\nadd_subdirectory(src)\n",
    "src/CMakeLists.txt": "add_executable(p main.cpp part.cpp)\ntarget_include_directories(p PRIVATE ${PROJECT_SOURCE_DIR}/include)\n",
    "src/main.cpp": "#include <part.h>\n#include <cstdio>\nint main() { std::printf(\"%s %d\\n\", __FILE__, part()); }\n",
    "src/part.cpp": "#include <part.h>\nint part() { return PART; }\n",
    "include/part.h": "#pragma once\n#define PART 7\nint part();\n",
}


class BaseDirectoryTest(compiler_commands.CommandTest):
    def start(self, *words, cwd, **environment):
        done = subprocess.run(words, cwd=cwd, env={**self.env, "CXX": "dijitso-c++", **environment}, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def compiles(self, checkout, **environment):
        """How many objects a build adds to the cache."""
        before = len(self.entries())
        self.start("cmake", "--build", "build", cwd=checkout, **environment)
        return len(self.entries()) - before

    def checkouts(self, *options, **environment):
        """Two checkouts of the project in different places, not yet built."""
        made = [self.work / "one", self.work / "other" / "two"]
        for checkout in made:
            compiler_commands.write_files(checkout, FILES)
            self.start("cmake", "-S", ".", "-B", "build", *options, cwd=checkout, **environment)
        return made

    def test_second_checkout_is_all_hits(self):
        for generator in ("Unix Makefiles", "Ninja"):
            one, two = self.checkouts("-G", generator, DIJITSO_CACHE_USE_DISK="false")
            self.assertEqual(self.compiles(one, DIJITSO_CC_BASE_DIR=str(self.work)), 2)
            self.assertEqual(self.compiles(two, DIJITSO_CC_BASE_DIR=str(two)), 0)
            shown = [self.start("build/src/p", cwd=checkout) for checkout in (one, two)]
            self.assertEqual(len(set(shown)), 1)
            self.assertRegex(shown[0], r"^\.\./(\.\./)?src/main.cpp 7\n$")
            # Make and Ninja understand the relative names in rules.
            compiler_commands.write_files(two, {"include/part.h": FILES["include/part.h"].replace("7", "8")})
            self.assertEqual(self.compiles(two, DIJITSO_CC_BASE_DIR=str(two)), 2)
            self.assertIn(" 8\n", self.start("build/src/p", cwd=two))
            for checkout in (one, two):
                subprocess.run(["rm", "-r", checkout], check=True)
            subprocess.run(["rm", "-r", self.cache / "obj"], check=True)

    def test_without_it_checkouts_share_nothing(self):
        one, two = self.checkouts(DIJITSO_CACHE_USE_DISK="false")
        self.assertEqual([self.compiles(one), self.compiles(two)], [2, 2])

    def test_object_is_that_of_the_relative_command_line(self):
        compiler_commands.write_files(self.work, FILES)
        folder = self.work / "build"
        folder.mkdir()
        self.cc("-g", "-I%s/include" % self.work, "-MD", "-c", self.work / "src/main.cpp", "-o", folder / "main.o", cwd=folder,
                program="dijitso-c++", DIJITSO_CC_BASE_DIR=str(self.work))
        self.cc("-g", "-I../include", "-MD", "-MT", folder / "main.o", "-c", "../src/main.cpp", "-o", "clang.o", cwd=folder,
                program=compiler_commands.CLANG.replace("clang-", "clang++-"))
        self.assertEqual((folder / "main.o").read_bytes() == (folder / "clang.o").read_bytes(), True)
        self.assertEqual((folder / "main.d").read_text(), (folder / "clang.d").read_text())

    def test_relative_base_directory_is_refused(self):
        self.write(a_dot_c="int x;\n")
        self.assertIn("DIJITSO_CC_BASE_DIR is 'src': it must be the absolute path", self.refused("-c", "a.c", DIJITSO_CC_BASE_DIR="src"))


if __name__ == "__main__":
    compiler_commands.main()
