#include "support/gzip.h"

#include <catch2/catch.hpp>

using namespace dijitso;

namespace {

std::string round_trip(const std::string& text) {
  const auto back = gunzip(gzip(as_bytes(text)));
  return back ? std::string(as_text(*back)) : "not whole";
}

}  // namespace

TEST_CASE("gzip and back", "[gzip]") {
  CHECK(round_trip("") == "");
  CHECK(round_trip("text") == "text");
  const std::string large(5'000'000, 'x');
  CHECK(round_trip(large) == large);
  CHECK(gzip(as_bytes(large)).size() < 100'000);
}

TEST_CASE("the same content gives the same bytes", "[gzip]") { CHECK(gzip(as_bytes("a")) == gzip(as_bytes("a"))); }

TEST_CASE("several members are one content", "[gzip]") {
  Bytes both = gzip(as_bytes("one "));
  const Bytes second = gzip(as_bytes("two"));
  both.insert(both.end(), second.begin(), second.end());
  const auto content = gunzip(both);
  REQUIRE(content);
  CHECK(as_text(*content) == "one two");
}

TEST_CASE("a last member that is much smaller than all says little of the size", "[gzip]") {
  const std::string large(5'000'000, 'x');
  Bytes both = gzip(as_bytes(large));
  const Bytes second = gzip(as_bytes("y"));
  both.insert(both.end(), second.begin(), second.end());
  const auto content = gunzip(both);
  REQUIRE(content);
  CHECK(as_text(*content) == large + "y");
}

TEST_CASE("what is not one whole gzip file is refused", "[gzip]") {
  const Bytes whole = gzip(as_bytes("some text that is long enough to be cut"));
  for (std::size_t size = 0; size < whole.size(); ++size) CHECK_FALSE(gunzip(ByteView(whole).first(size)));
  Bytes changed = whole;
  changed[changed.size() - 6] ^= 1;  // the checksum
  CHECK_FALSE(gunzip(changed));
  for (const std::uint8_t byte : {0x00, 0x7f, 0xff}) {  // the size: nothing is believed of it
    Bytes wrong = whole;
    wrong.back() = byte;
    CHECK(gunzip(wrong).has_value() == (byte == whole.back()));
  }
  Bytes longer = whole;
  longer.push_back('x');
  CHECK_FALSE(gunzip(longer));
  CHECK_FALSE(gunzip(as_bytes("plain text")));
}
