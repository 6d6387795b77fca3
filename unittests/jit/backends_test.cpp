// The linker and the compiler are looked for beside the program that uses them, so these tests run copies of this
// program in directories where something else lies under their names.

#include "jit/link/backends.h"

#include "support/scratch.h"

#include <dijitso/error.h>

#include <catch2/catch.hpp>
#include <iostream>

using namespace dijitso;
using namespace dijitso::testing;
using Catch::Contains;

namespace {

// A copy of this program in a directory of its own.
struct Copy {
  Scratch scratch;
  Copy() { fs::copy_file("/proc/self/exe", scratch / "program"); }

  // What a hidden test case below prints there. `command` starts the program.
  std::string says(const std::string& test_case, const std::string& command) const {
    const std::string here = "cd '" + scratch.path().string() + "' && ";
    const std::string run = here + command + " '" + test_case + "' > output 2>&1";
    if (std::system(run.c_str()) != 0) return "ended badly: " + read_text(scratch / "output");
    return read_text(scratch / "output");
  }
  std::string says(const std::string& test_case) const { return says(test_case, (scratch / "program").string()); }
};

template <class Work>
void print_error_of(Work work) {
  try {
    work();
    std::cout << "no error\n";
  } catch (const CacheError& error) {
    std::cout << "CacheError: " << error.what() << "\n";
  }
  CHECK(true);
}

}  // namespace

TEST_CASE("(started by the others) open the compiler", "[.]") {
  print_error_of([] { compiler_for("module_1"); });
  print_error_of([] { compiler_for("module_2"); });
}

TEST_CASE("(started by the others) open the linker", "[.]") {
  print_error_of([] { new_link_session(); });
}

TEST_CASE("a compiler that cannot be opened is an error that names the module and the remedy") {
  const Copy copy;
  write_text(copy.scratch / "libdijitso-compiler.so", "no library");
  CHECK_THAT(copy.says("(started by the others) open the compiler"),
             Contains("CacheError: module 'module_1' is not in the cache and must be compiled, but cannot open "
                      "libdijitso-compiler.so: ") &&
                 Contains(copy.scratch.path().string() + "/libdijitso-compiler.so") &&
                 Contains("install the compiler") && Contains("module 'module_2' is not in the cache"));
}

TEST_CASE("without a compiler the error says where it should be, and what to do") {
  const Copy copy;
  CHECK_THAT(copy.says("(started by the others) open the compiler"),
             Contains("CacheError: module 'module_1' is not in the cache and must be compiled, but "
                      "libdijitso-compiler.so is not in '" +
                      copy.scratch.path().string() + "'; install the compiler library, or bring the module"));
}

TEST_CASE("a linker that cannot be opened is an error with the remedy") {
  const Copy copy;
  write_text(copy.scratch / "libdijitso-orc.so", "no library");
  CHECK_THAT(copy.says("(started by the others) open the linker"),
             Contains("CacheError: code cannot be linked: cannot open libdijitso-orc.so: ") &&
                 Contains("install dijitso completely"));
}

TEST_CASE("a library that lacks the entry point is an error") {
  const Copy copy;
  const std::string make =
      "g++ -shared -o '" + (copy.scratch / "libdijitso-compiler.so").string() + "' -x c++ /dev/null";
  REQUIRE(std::system(make.c_str()) == 0);
  CHECK_THAT(copy.says("(started by the others) open the compiler"),
             Contains("CacheError: the library that should define dijitso_compile_new_compiler is of another version"));
}

TEST_CASE("what lies beside the program is not sought in the current directory") {
  const Copy copy;
  fs::create_directory(copy.scratch / "bin");
  fs::rename(copy.scratch / "program", copy.scratch / "bin" / "program");
  write_text(copy.scratch / "libdijitso-compiler.so", "no library");
  const std::string through_path = "PATH='" + (copy.scratch / "bin").string() + "' program";
  CHECK_THAT(copy.says("(started by the others) open the compiler", through_path),
             !Contains(copy.scratch.path().string() + "/libdijitso-compiler.so"));
}
