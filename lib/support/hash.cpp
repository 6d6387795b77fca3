// BLAKE3-256, with the C functions of LLVM's static Support library. These link without the rest of LLVM. Tested in
// unittests/support/hash_test.cpp.
#include "support/hash.h"

#include <llvm-c/blake3.h>

namespace dijitso {
namespace {

constexpr std::string_view digits = "0123456789abcdef";

// The value of each hexadecimal digit; 16 for other characters.
constexpr std::array<std::uint8_t, 256> values = [] {
  std::array<std::uint8_t, 256> table;
  table.fill(16);
  for (std::uint8_t value = 0; value < 16; ++value) table[static_cast<unsigned char>(digits[value])] = value;
  return table;
}();

}  // namespace

std::string Digest::hex() const {
  std::string text(2 * bytes.size(), '0');
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    text[2 * i] = digits[bytes[i] >> 4];
    text[2 * i + 1] = digits[bytes[i] & 15];
  }
  return text;
}

std::optional<Digest> Digest::from_hex(std::string_view hex) {
  Digest digest;
  if (hex.size() != 2 * digest.bytes.size()) return std::nullopt;
  unsigned seen = 0;
  for (std::size_t i = 0; i < digest.bytes.size(); ++i) {
    const unsigned high = values[static_cast<unsigned char>(hex[2 * i])];
    const unsigned low = values[static_cast<unsigned char>(hex[2 * i + 1])];
    seen |= high | low;
    digest.bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  if (seen > 15) return std::nullopt;
  return digest;
}

Digest blake3(ByteView bytes) {
  llvm_blake3_hasher hasher;
  llvm_blake3_hasher_init(&hasher);
  llvm_blake3_hasher_update(&hasher, bytes.data(), bytes.size());
  Digest digest;
  llvm_blake3_hasher_finalize(&hasher, digest.bytes.data(), digest.bytes.size());
  return digest;
}

Digest blake3(std::string_view text) { return blake3(as_bytes(text)); }

}  // namespace dijitso
