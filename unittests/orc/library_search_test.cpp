#include "orc/library_search.h"

#include "llvm-config/host.h"
#include "object_maker.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

using dijitso::orc::bundled_library_dir;
using dijitso::orc::find_library;
using dijitso::orc::find_static_library;
using dijitso::orc::library_dirs;
using dijitso::orc::remedy_for;
using orc_test::TempDir;
using orc_test::write_file;

namespace {

const std::string elf = std::string(
                            "\x7f"
                            "ELF") +
                        std::string(60, '\0');

// The names of the files found in `dir`, in order.
std::string found(const std::string& name, const std::vector<std::string>& dirs) {
  std::string result;
  for (const auto& file : find_library(name, dirs)) {
    const auto slash = file.path.rfind('/');
    result += (result.empty() ? "" : " ") + file.path.substr(slash + 1) + (file.as_needed ? "?" : "");
  }
  return result;
}

}  // namespace

TEST_CASE("a library is found by its name, in the first directory that has it") {
  const TempDir first, second;
  write_file(second / "libx.so", elf);
  write_file(second / "liby.so", elf);
  write_file(first / "libx.so", elf);
  const std::vector<std::string> dirs{first.string(), "/does/not/exist", second.string()};
  CHECK(find_library("x", dirs).at(0).path == first / "libx.so");
  CHECK(find_library("y", dirs).at(0).path == second / "liby.so");
  CHECK(find_library("z", dirs).empty());
}

TEST_CASE("a path is taken as it is, a file name is looked for") {
  const TempDir dir;
  write_file(dir / "plugin.so", elf);
  write_file(dir / "libx.so.3", elf);
  CHECK(find_library((dir / "plugin.so").string(), {}).at(0).path == dir / "plugin.so");
  CHECK(find_library("./relative", {}).at(0).path == "./relative");
  CHECK(found("plugin.so", {dir.string()}) == "plugin.so");
  CHECK(found("libx.so.3", {dir.string()}) == "libx.so.3");
  CHECK(found("libx.so.4", {dir.string()}) == "");
}

TEST_CASE("without a development package the highest version serves") {
  const TempDir dir;
  for (const std::string file :
       {"libx.so.2", "libx.so.10", "libx.so.9.1", "libx.so.10.0.debug", "libx.so.11-old", "libxy.so.99"}) {
    write_file(dir / file, elf);
  }
  CHECK(found("x", {dir.string()}) == "libx.so.10");
  write_file(dir / "libx.so.10.2", elf);
  CHECK(found("x", {dir.string()}) == "libx.so.10.2");
  write_file(dir / "libx.so", elf);
  CHECK(found("x", {dir.string()}) == "libx.so");
}

TEST_CASE("a linker script is replaced by what it names") {
  const TempDir dir;
  write_file(dir / "libone.so.1", elf);
  write_file(dir / "libtwo.so", elf);
  write_file(dir / "libx.so", "GROUP ( " + (dir / "libone.so.1").string() + " libstatic.a AS_NEEDED ( -ltwo ) )");
  CHECK(found("x", {dir.string()}) == "libone.so.1 libtwo.so?");
  write_file(dir / "libnested.so", "INPUT(-lx)");
  CHECK(found("nested", {dir.string()}) == "libone.so.1 libtwo.so?");
}

TEST_CASE("scripts that name themselves end") {
  const TempDir dir;
  write_file(dir / "libx.so", "INPUT(-lx)");
  CHECK(found("x", {dir.string()}) == "libx.so");
}

TEST_CASE("the given directories come first, then LD_LIBRARY_PATH, then the system's") {
  const char* old = std::getenv("LD_LIBRARY_PATH");
  const std::string saved = old ? old : "";
  setenv("LD_LIBRARY_PATH", "/from/environment::/second", 1);
  const auto dirs = library_dirs({"/given"});
  old ? setenv("LD_LIBRARY_PATH", saved.c_str(), 1) : unsetenv("LD_LIBRARY_PATH");
  REQUIRE(dirs.size() > 5);
  CHECK(std::vector<std::string>(dirs.begin(), dirs.begin() + 3) ==
        std::vector<std::string>{"/given", "/from/environment", "/second"});
  CHECK(std::count(dirs.begin(), dirs.end(), "/usr/local/lib") == 1);
  CHECK(found("c", library_dirs({})).find("libc.so") == 0);
}

TEST_CASE("a static library is found where a linker finds it") {
  const TempDir first, second;
  write_file(first / "libx.a", "");
  write_file(second / "libx.so", elf);
  write_file(second / "libx.a", "");
  write_file(second / "part.o", "");
  const std::vector<std::string> dirs{first.string(), second.string()}, other{second.string(), first.string()};
  CHECK(find_static_library("x", dirs) == (first / "libx.a").string());
  CHECK(find_static_library("x", other) == std::nullopt);
  CHECK(find_static_library("libx.a", other) == (second / "libx.a").string());
  CHECK(find_static_library("part.o", dirs) == (second / "part.o").string());
  CHECK(find_static_library("/no/such/libx.a", {}) == "/no/such/libx.a");
  CHECK(find_static_library((second / "libx.so").string(), {}) == std::nullopt);
  CHECK(find_static_library("no_such_library", dirs) == std::nullopt);
}

TEST_CASE("what the system has as a shared library is not taken from an archive there") {
  for (const char* name : {"c", "m", "pthread", "dl"}) CHECK(find_static_library(name, {}) == std::nullopt);
}

TEST_CASE("a bundle may have the library of OpenMP, and no other") {
  CHECK(bundled_library_dir("omp") == dijitso::llvm_config::own_directory().string());
  CHECK(bundled_library_dir("z").empty());
}

TEST_CASE("the remedy for a library names the package of one that a flag asks for") {
  CHECK(remedy_for("omp").find("libomp5") != std::string::npos);
  CHECK(remedy_for("z") == "add its directory to lib_dirs, or give its path");
}
