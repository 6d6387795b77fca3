#include "cache/inputs.h"

#include "unittests/cache/sample_entry.h"

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::cache;

TEST_CASE("any text survives escaping within a line", "[inputs]") {
  for (const std::string& text : {std::string(), std::string("plain"), std::string("\\"), std::string("\n"),
                                  std::string("\\n"), std::string("a\\\\n\n\\"), std::string("\0 \xff", 3)}) {
    CHECK(escape(text).find('\n') == std::string::npos);
    CHECK(unescape(escape(text)) == text);
  }
  CHECK_FALSE(unescape("\\"));
  CHECK_FALSE(unescape("a\\x"));
  CHECK_FALSE(unescape("\\\\\\"));
}

TEST_CASE("the inputs are the lines that the format description shows", "[inputs]") {
  Entry entry;
  entry.signature = "sig";
  entry.files = {{"/a b.h", 12, 34, Digest()}};
  entry.dependencies = {{"dep", Digest(), Digest(), Digest()}};
  entry.isa_features = {"avx"};
  entry.libs = {"m"};
  entry.lib_dirs = {"/l"};
  entry.rpath_dirs = {"/r"};
  const std::string zero(64, '0');
  CHECK(write_inputs(entry) == "signature sig\nbuild " + zero + "\nsource " + zero + "\ndependency " + zero + " " +
                                   zero + " " + zero + " dep\nfile " + zero +
                                   " 12 34 /a b.h\nisa avx\nlib m\nlibdir /l\nrpath /r\n");
}

TEST_CASE("inputs come back as they were written", "[inputs]") {
  Entry entry = dijitso::testing::sample_entry();
  Entry back;
  REQUIRE(read_inputs(write_inputs(entry), back));
  CHECK(back.signature == entry.signature);
  CHECK(back.build == entry.build);
  CHECK(back.source == entry.source);
  CHECK(back.dependencies == entry.dependencies);
  CHECK(back.files == entry.files);
  CHECK(back.isa_features == entry.isa_features);
  CHECK(back.libs == entry.libs);
  CHECK(back.lib_dirs == entry.lib_dirs);
  CHECK(back.rpath_dirs == entry.rpath_dirs);
}

TEST_CASE("inputs that do not follow the grammar are refused", "[inputs]") {
  const std::string zero(64, '0');
  const std::string start = "signature s\nbuild " + zero + "\nsource " + zero + "\n";
  Entry entry;
  CHECK(read_inputs(start, entry));
  for (const std::string& text : {std::string(),
                                  start.substr(1),
                                  start.substr(0, start.size() - 1),
                                  start.substr(0, 20),
                                  "build " + zero + "\n" + start,
                                  std::string("signature s\n"),
                                  "signature s\nbuild " + zero + "\n",
                                  "signature \\x\n" + start.substr(12),
                                  "signature s\nbuild 00\nsource " + zero + "\n",
                                  "signature s\nbuild " + zero + "\nsource x\n",
                                  start + "\n",
                                  start + "isa\n",
                                  start + "isa avx",
                                  start + "isa a\\\n",
                                  start + "unknown x\n",
                                  start + " x\n",
                                  start + "file\n",
                                  start + "file " + zero + " 1 2\n",
                                  start + "file " + zero + " x 2 /a\n",
                                  start + "file " + zero + " 1 2x /a\n",
                                  start + "file " + zero + " -1 2 /a\n",
                                  start + "file " + zero + " 99999999999999999999 2 /a\n",
                                  start + "file " + zero + "  2 /a\n",
                                  start + "file 0 1 2 /a\n",
                                  start + "dependency " + zero + " " + zero + " d\n"}) {
    INFO(text);
    Entry ignored;
    CHECK_FALSE(read_inputs(text, ignored));
  }
}
