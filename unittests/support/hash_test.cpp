#include "support/hash.h"

#include <catch2/catch.hpp>

using dijitso::blake3;
using dijitso::Digest;

TEST_CASE("blake3 gives the published digests", "[hash]") {
  CHECK(blake3("").hex() == "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262");
  CHECK(blake3("abc").hex() == "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85");
  // The test vector of 31744 bytes (0, 1, ..., 250, 0, 1, ...), which takes the paths for many chunks.
  dijitso::Bytes bytes(31744);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i % 251);
  CHECK(blake3(dijitso::ByteView(bytes)).hex() == "62b6960e1a44bcc1eb1a611a8d6235b6b4b78f32e7abc4fb4c6cdcce94895c47");
}

TEST_CASE("a digest comes back from its hexadecimal form", "[hash]") {
  Digest digest = blake3("x");
  CHECK(Digest::from_hex(digest.hex()) == digest);
}

TEST_CASE("text that is no digest is refused", "[hash]") {
  std::string hex = blake3("x").hex();
  CHECK_FALSE(Digest::from_hex(""));
  CHECK_FALSE(Digest::from_hex(hex.substr(1)));
  CHECK_FALSE(Digest::from_hex(hex + "0"));
  hex[10] = 'g';
  CHECK_FALSE(Digest::from_hex(hex));
  hex[10] = 'A';
  CHECK_FALSE(Digest::from_hex(hex));
  hex[10] = '\0';
  CHECK_FALSE(Digest::from_hex(hex));
}
