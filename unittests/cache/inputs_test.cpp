#include "cache/format/inputs.h"

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
  REQUIRE(read_watched(write_watched(entry), back));
  CHECK(back.absent == entry.absent);
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

TEST_CASE("what is watched is the lines that the format description shows", "[inputs]") {
  Entry entry;
  entry.files = {{"/a.h", 12, 34, Digest(), {1, 2, 3}}, {"/b.h", 12, 34, Digest(), {}}};
  entry.absent = {{"/d\n", {"a.h", "b"}, 4, {5, 6, 7}}, {"/e", {"c"}, 0, {}}};
  const std::string text =
      "inode 1 2 3\ninode 0 0 0\nabsent 4 5 6 7 /d\\n\nname a.h\nname b\nabsent 0 0 0 0 /e\nname c\n";
  CHECK(write_watched(entry) == text);
  Entry back;
  back.files = {{"/a.h", 12, 34, Digest(), {}}, {"/b.h", 12, 34, Digest(), {}}};
  REQUIRE(read_watched(text, back));
  CHECK(back.files == entry.files);
  CHECK(back.absent == entry.absent);
}

TEST_CASE("what is watched is refused when it does not follow the grammar", "[inputs]") {
  Entry entry;
  CHECK(read_watched("", entry));
  CHECK(read_watched("absent 0 0 0 0 /e\nname c\n", entry));
  for (const char* text : {"inode 1 2 3\n", "name a\n", "absent 0 0 0 /e\n", "absent 0 0 0 0 /e", "absent\n",
                           "absent x 0 0 0 /e\n", "absent 0 0 0 0 /e\nname \\x\n", "other 1\n", "\n"}) {
    INFO(text);
    Entry fresh;
    CHECK_FALSE(read_watched(text, fresh));
  }
  entry.files = {{"/a.h", 12, 34, Digest(), {}}};
  for (const char* text : {"", "inode 1 2\n", "inode 1 2 3 \n", "inode 1 2 3\ninode 1 2 3\n"}) {
    INFO(text);
    CHECK_FALSE(read_watched(text, entry));
  }
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
