#include "cache/format/precompiled.h"

#include "cache/format/entry.h"
#include "cache/format/layout.h"

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::cache;

TEST_CASE("precompiled headers come back from an entry") {
  const Bytes pch = {1, 2, 3, 0, 255};
  Entry entry;
  entry.signature = prelude_signature;
  const Bytes bytes = encode(entry, write_precompiled({HeaderState::usable, pch, {7, 8}, {9}, "said"}));
  REQUIRE(std::holds_alternative<Entry>(decode(bytes)));
  const auto parts = read_precompiled(bytes);
  REQUIRE(parts);
  CHECK(parts->state == HeaderState::usable);
  CHECK(Bytes(parts->pch.begin(), parts->pch.end()) == pch);
  CHECK(parts->mentioned == std::vector<std::uint64_t>{7, 8});
  CHECK(parts->changed == std::vector<std::uint64_t>{9});
  CHECK(parts->messages == "said");
}

TEST_CASE("what holds no precompiled headers gives none") {
  CHECK_FALSE(read_precompiled({}));
  CHECK_FALSE(read_precompiled(as_bytes("no object")));
  CHECK_FALSE(read_precompiled(write_precompiled({HeaderState::usable, {}, {1}, {2}, ""})));
}

TEST_CASE("what is known of headers that are not precompiled comes back from an entry") {
  for (const HeaderState state : {HeaderState::tried, HeaderState::seen, HeaderState::refused, HeaderState::cheap}) {
    const Bytes object = write_precompiled({state, {}, {7}, {8}, ""});
    const auto parts = read_precompiled(object);
    REQUIRE(parts);
    CHECK(parts->state == state);
    CHECK(parts->pch.empty());
    CHECK(parts->mentioned == std::vector<std::uint64_t>{7});
    CHECK(parts->changed == std::vector<std::uint64_t>{8});
  }
}

TEST_CASE("precompiled headers lie in a folder of their own") {
  CacheParams params;
  params.cache_dir = "/cache";
  CHECK(Layout(params_of_precompiled(params)).obj_dir() == "/cache/pch");
}
