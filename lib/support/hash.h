// BLAKE3-256: the one digest of the project, for keys, entries and messages.
#pragma once

#include "support/bytes.h"

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dijitso {

struct Digest {
  std::array<std::uint8_t, 32> bytes{};

  auto operator<=>(const Digest&) const = default;

  // 64 lower-case hexadecimal digits, and back (nullopt when the text is anything else).
  std::string hex() const;
  static std::optional<Digest> from_hex(std::string_view hex);
};

Digest blake3(ByteView bytes);
Digest blake3(std::string_view text);

}  // namespace dijitso
