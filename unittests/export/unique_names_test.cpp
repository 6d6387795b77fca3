#include "export/unique_names.h"

#include "export/shared_linker.h"
#include "unittests/orc/object_maker.h"
#include "unittests/support/scratch.h"

#include <catch2/catch.hpp>

#include <set>

using namespace dijitso;
using namespace dijitso::exporter;
using namespace dijitso::testing;
using Catch::Matchers::Contains;

namespace {

Bytes library_of(const SharedBytes& object, const std::string& soname) {
  const std::unique_ptr<std::unique_ptr<SharedLinker>> linker(dijitso_export_new_linker());
  return (*linker)->link({.name = "module", .object = *object, .soname = soname});
}

// One line for each global symbol: type, binding, section (UND or a number), name.
std::string symbols_of(ByteView object) {
  const Scratch scratch;
  write_text(scratch / "o.o", as_text(object));
  std::FILE* pipe =
      ::popen(("readelf -sW " + (scratch / "o.o").string() +
               " | awk '$5 != \"LOCAL\" && NF == 8 {print $4, $5, ($7 == \"UND\" ? \"UND\" : \"DEF\"), $8}' | sort")
                  .c_str(),
              "r");
  std::string text;
  for (int c; (c = std::fgetc(pipe)) != EOF;) text += static_cast<char>(c);
  return ::pclose(pipe) == 0 ? text : "readelf failed";
}

}  // namespace

TEST_CASE("what a module exports gets a second name, of which debuggers take no notice") {
  const auto object = orc_test::compile(
      "extern \"C\" { int f() { return 1; } int data = 2; thread_local int local = 3; __attribute__((weak)) int w() { "
      "return 4; }"
      "__attribute__((visibility(\"hidden\"))) int hidden() { return 5; } }");
  CHECK_THAT(symbols_of(with_unique_names(*object, "m.so", {})),
             Contains("FUNC GLOBAL DEF f\n") && Contains("NOTYPE GLOBAL DEF f.m.so\n") &&
                 Contains("NOTYPE GLOBAL DEF data.m.so\n") && Contains("TLS GLOBAL DEF local.m.so\n") &&
                 Contains("NOTYPE WEAK DEF w.m.so\n") && Contains("FUNC GLOBAL DEF hidden\n") &&
                 !Contains("hidden.m.so"));
}

TEST_CASE("what a module takes from another has the second name of the first that has it, all else its own") {
  const auto first = orc_test::compile("extern \"C\" { int f() { return 1; } int both() { return 1; } }");
  const auto second = orc_test::compile("extern \"C\" { int g() { return 2; } int both() { return 2; } }");
  const Bytes one = library_of(first, "one.so"), two = library_of(second, "two.so");
  const auto object = orc_test::compile(
      "extern \"C\" { int f(); int g(); int both(); int elsewhere(); int call() { return f() + g() + both() + "
      "elsewhere(); } }");
  CHECK_THAT(symbols_of(with_unique_names(*object, "m.so", {{"one.so", one}, {"two.so", two}})),
             Contains(" UND f.one.so\n") && Contains(" UND g.two.so\n") && Contains(" UND both.one.so\n") &&
                 Contains(" UND elsewhere\n") && !Contains(" UND f\n") && !Contains("both.two.so"));
}

TEST_CASE("an object that is cut off anywhere comes back as it was, or is still read within its bytes") {
  const auto object = orc_test::compile("extern \"C\" int f() { return 1; }");
  for (std::size_t size = 0; size < object->size(); size += 7) {
    const Bytes part(object->begin(), object->begin() + static_cast<std::ptrdiff_t>(size));
    CHECK(with_unique_names(part, "m.so", {{"d.so", part}}) == part);
  }
}

TEST_CASE("an object needs what it uses and does not define, but what is weak") {
  const auto object = orc_test::compile(
      "extern \"C\" { int f(); int defined() { return f(); } __attribute__((weak)) int weak(); extern int data;"
      "int call() { return defined() + (weak ? weak() : data); } }");
  const std::vector<std::string> names = needed_symbols(*object);
  std::set<std::string> needed(names.begin(), names.end());
  needed.erase("_GLOBAL_OFFSET_TABLE_");  // of the linker
  CHECK(needed == std::set<std::string>{"data", "f"});
  CHECK(needed_symbols(ByteView(*object).first(40)).empty());
}
