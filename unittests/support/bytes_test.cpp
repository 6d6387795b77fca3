#include "support/bytes.h"

#include <catch2/catch.hpp>

using namespace dijitso;

TEST_CASE("what is written is read in the same order, and nothing behind it", "[bytes]") {
  Bytes bytes;
  append_value(bytes, std::uint16_t{0x0102});
  append_text<std::uint32_t>(bytes, "abc");
  append(bytes, bytes_of(std::vector<std::uint32_t>{1, 2}));
  CHECK(bytes == Bytes{2, 1, 3, 0, 0, 0, 'a', 'b', 'c', 1, 0, 0, 0, 2, 0, 0, 0});
  ByteReader reader(bytes);
  CHECK(reader.value<std::uint16_t>() == 0x0102);
  CHECK(reader.text<std::uint32_t>() == "abc");
  CHECK(values_at<std::uint32_t>(reader.rest(), 0, 2) == std::vector<std::uint32_t>{1, 2});
  CHECK(reader.take(8).size() == 8);
  CHECK(reader.rest().empty());
  CHECK(reader.take(0).empty());
  CHECK_THROWS_AS(reader.value<std::uint8_t>(), BytesEnd);
}

TEST_CASE("offsets and sizes that lead outside are refused, however large", "[bytes]") {
  const Bytes bytes(16);
  constexpr std::uint64_t large = ~std::uint64_t{0};
  CHECK(part_of(bytes, 16, 0).empty());
  CHECK_THROWS_AS(part_of(bytes, 17, 0), BytesEnd);
  CHECK_THROWS_AS(part_of(bytes, 8, large - 4), BytesEnd);
  CHECK_THROWS_AS(value_at<std::uint64_t>(bytes, 9), BytesEnd);
  CHECK_THROWS_AS(value_at<std::uint64_t>(bytes, large), BytesEnd);
  CHECK_THROWS_AS(values_at<std::uint64_t>(bytes, 0, large / 8 + 2), BytesEnd);
  CHECK_THROWS_AS(values_at<std::uint64_t>(bytes, 8, 2), BytesEnd);
  CHECK(values_at<std::uint64_t>(bytes, 16, 0).empty());
  Bytes text;
  append_value(text, large);
  CHECK_THROWS_AS(ByteReader(text).text<std::uint64_t>(), BytesEnd);
}
