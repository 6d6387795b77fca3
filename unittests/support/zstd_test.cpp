#include "support/zstd.h"

#include <catch2/catch.hpp>

#include <string>

using namespace dijitso;

namespace {

Bytes compressed(const std::string& text) {
  ZstdWriter writer;
  writer.write(as_bytes(text));
  return writer.finish();
}

// All of it, in pieces of this size.
std::string unpacked(ByteView stream, std::size_t piece = 1000) {
  ZstdReader reader(stream);
  std::string text;
  Bytes buffer(piece);
  for (;;) {
    const auto got = reader.read(buffer.data(), piece);
    if (!got) return "damaged";
    text.append(as_text(ByteView(buffer).first(*got)));
    if (*got < piece) return text;
  }
}

}  // namespace

TEST_CASE("zstd and back, in pieces of any size", "[zstd]") {
  CHECK(unpacked(compressed("")) == "");
  CHECK(unpacked(compressed("text"), 1) == "text");
  std::string large;
  for (int i = 0; i < 300'000; ++i) large += std::to_string(i);
  CHECK(unpacked(compressed(large)) == large);
  CHECK(unpacked(compressed(large), 10'000'000) == large);
}

TEST_CASE("what is written in pieces is one stream", "[zstd]") {
  ZstdWriter writer;
  for (const char* piece : {"one ", "", "two"}) writer.write(as_bytes(piece));
  const Bytes stream = writer.finish();
  CHECK(unpacked(stream) == "one two");
  CHECK(stream == [] {
    ZstdWriter again;
    for (const char* piece : {"one ", "", "two"}) again.write(as_bytes(piece));
    return again.finish();
  }());
}

TEST_CASE("several frames are one content", "[zstd]") {
  Bytes both = compressed("one ");
  const Bytes second = compressed("two");
  both.insert(both.end(), second.begin(), second.end());
  CHECK(unpacked(both) == "one two");
}

TEST_CASE("what is not whole is told", "[zstd]") {
  const Bytes whole = compressed("some text that is long enough to be cut");
  for (std::size_t size = 0; size < whole.size(); ++size) CHECK(unpacked(ByteView(whole).first(size)) == "damaged");
  Bytes changed = whole;
  changed.back() ^= 1;  // the checksum
  CHECK(unpacked(changed) == "damaged");
  Bytes longer = whole;
  longer.push_back('x');
  CHECK(unpacked(longer) == "damaged");
  CHECK(unpacked(as_bytes("plain text")) == "damaged");
}
