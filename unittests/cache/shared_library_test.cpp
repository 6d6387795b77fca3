#include "cache/format/shared_library.h"

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::cache;

namespace {

const Bytes content(200, 7);
const Digest origin = blake3("origin");

}  // namespace

TEST_CASE("a stamped library begins with the library and tells its origin") {
  const Bytes stamped = stamp_library(content, origin);
  CHECK(stamped.size() == content.size() + 88);
  CHECK(std::equal(content.begin(), content.end(), stamped.begin()));
  CHECK(library_origin(stamped) == origin);
}

TEST_CASE("a library with any bit changed, cut, prolonged or without a stamp has no origin") {
  const Bytes stamped = stamp_library(content, origin);
  for (std::size_t bit = 0; bit < 8 * stamped.size(); ++bit) {
    Bytes changed = stamped;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1 << (bit % 8));
    REQUIRE_FALSE(library_origin(changed));
  }
  for (std::size_t size = 0; size < stamped.size(); ++size)
    REQUIRE_FALSE(library_origin(ByteView(stamped).first(size)));
  Bytes longer = stamped;
  longer.push_back(0);
  CHECK_FALSE(library_origin(longer));
  CHECK_FALSE(library_origin(content));
}
