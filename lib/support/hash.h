// BLAKE3-256, the only digest of the project: for keys, entries and messages.
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

  // Convert to and from 64 lower-case hexadecimal digits; from_hex() returns nullopt for other texts.
  std::string hex() const;
  static std::optional<Digest> from_hex(std::string_view hex);
};

Digest blake3(ByteView bytes);
Digest blake3(std::string_view text);

}  // namespace dijitso
