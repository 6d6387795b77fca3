#include "export/linker_messages.h"

#include <catch2/catch.hpp>

using dijitso::exporter::defined_symbols;
using dijitso::exporter::is_python_symbol;
using dijitso::exporter::undefined_symbols;
using Names = std::vector<std::string>;

TEST_CASE("undefined symbols are taken from the linker's messages, each once, in order") {
  CHECK(undefined_symbols("ld.lld: error: undefined symbol: g(int, std::vector<int>)\n>>> referenced by b.cpp\n"
                          ">>>               b.o:(f)\n\nld.lld: error: undefined hidden symbol: h\n>>> x\n"
                          "ld.lld: error: undefined symbol: g(int, std::vector<int>)\n") ==
        Names{"g(int, std::vector<int>)", "h"});
  CHECK(undefined_symbols("ld.lld: error: undefined symbol: last") == Names{"last"});
}

TEST_CASE("other messages name no symbols") {
  CHECK(undefined_symbols("").empty());
  CHECK(undefined_symbols("\n\n").empty());
  CHECK(undefined_symbols("ld.lld: error: d.so:1: unknown directive: undefined symbol\n").empty());
}

TEST_CASE("symbols that are traced are defined where the linker says so") {
  CHECK(defined_symbols("m.o: reference to sqrt\nlibm.so.6: shared definition of sqrt\nm.o: definition of f\n"
                        "a.a(b.o): lazy definition of lazy\nm.o: common definition of c\nm.o: reference to g\n") ==
        std::set<std::string, std::less<>>{"c", "f", "sqrt"});
  CHECK(defined_symbols("").empty());
}

TEST_CASE("Python's symbols are known by their beginning") {
  CHECK((is_python_symbol("PyLong_FromLong") && is_python_symbol("_Py_Dealloc")));
  CHECK_FALSE((is_python_symbol("python") || is_python_symbol("f") || is_python_symbol("")));
}
