#include "cache/transfer/tar.h"

#include <catch2/catch.hpp>

#include <string>

using namespace dijitso;
using namespace dijitso::cache;

namespace {

ByteView block(const Bytes& bytes, std::size_t number) {
  return ByteView(bytes).subspan(number * tar_block, tar_block);
}

}  // namespace

TEST_CASE("a tar header says name and size", "[tar]") {
  for (const std::string& name : {std::string("obj/a.o"), std::string(100, 'n')}) {
    const Bytes bytes = tar_header(name, 123456);
    REQUIRE(bytes.size() == tar_block);
    const auto header = read_tar_header(bytes);
    REQUIRE(header);
    CHECK(header->name == name);
    CHECK(header->size == 123456);
    CHECK(header->type == TarHeader::file);
  }
}

TEST_CASE("a long name stands in an extended header", "[tar]") {
  for (const std::size_t length : {101, 250}) {
    const std::string name(length, 'n');
    const Bytes bytes = tar_header(name, 7);
    REQUIRE(bytes.size() == 3 * tar_block);
    const auto extended = read_tar_header(block(bytes, 0));
    REQUIRE(extended);
    CHECK(extended->type == TarHeader::extended);
    CHECK(name_in_extended_header(block(bytes, 1).first(extended->size)) == name);
    CHECK(read_tar_header(block(bytes, 2))->size == 7);
  }
}

TEST_CASE("a changed tar header is none", "[tar]") {
  const Bytes whole = tar_header("obj/a.o", 1);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    Bytes changed = whole;
    changed[i] ^= 1;
    const auto header = read_tar_header(changed);
    if (header) CHECK((header->name == "obj/a.o" && header->size == 1));  // a space in the sum, for one
  }
  CHECK_FALSE(read_tar_header(Bytes(tar_block)));
}

TEST_CASE("an extended header without a name, or malformed", "[tar]") {
  CHECK(name_in_extended_header(as_bytes("11 path=ab\n12 mtime=12\n")) == "ab");
  for (const char* text : {"", "12 mtime=12\n", "11 path=ab", "12 path=ab\n", "x path=ab\n", "0 path=ab\n", "2 \n",
                           "99999999999999999999 path=a\n"})
    CHECK_FALSE(name_in_extended_header(as_bytes(text)));
}
