#include "orc/linker_script.h"

#include <catch2/catch.hpp>

#include <string>

using dijitso::orc::parse_linker_script;

namespace {

// "a b? c": the names, those that are as needed with a question mark.
std::string parsed(const std::string& text) {
  std::string result;
  for (const auto& entry : parse_linker_script(text)) {
    result += (result.empty() ? "" : " ") + entry.name + (entry.as_needed ? "?" : "");
  }
  return result;
}

}  // namespace

TEST_CASE("the scripts of the C library are understood") {
  CHECK(parsed("/* GNU ld script\n*/\nOUTPUT_FORMAT(elf64-x86-64)\n"
               "GROUP ( /lib/x86_64-linux-gnu/libm.so.6  AS_NEEDED ( /lib/x86_64-linux-gnu/libmvec.so.1 ) )\n") ==
        "/lib/x86_64-linux-gnu/libm.so.6 /lib/x86_64-linux-gnu/libmvec.so.1?");
  CHECK(parsed("GROUP ( libgcc_s.so.1 -lgcc )") == "libgcc_s.so.1 -lgcc");
}

TEST_CASE("all ways to write a list of files are understood") {
  CHECK(parsed("INPUT(a.so,b.so c.so)") == "a.so b.so c.so");
  CHECK(parsed("INPUT ( \"a.so\" )") == "a.so");
  CHECK(parsed("INPUT(a)\nGROUP(b AS_NEEDED(c d) e)") == "a b c? d? e");
}

TEST_CASE("other commands and broken scripts give nothing") {
  CHECK(parsed("") == "");
  CHECK(parsed("VERSION { }") == "");
  CHECK(parsed("OUTPUT(x) SEARCH_DIR(/lib)") == "");
  CHECK(parsed("/* GROUP(a)") == "");
  CHECK(parsed(") GROUP a ) (") == "");
  CHECK(parsed("GROUP(a") == "a");
}
