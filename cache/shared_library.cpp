// Who only loads a library must not depend on parsing it, and a tool that changes one (strip) shall make it look
// foreign, so that it is derived anew: hence a footer and not a section.
#include "cache/shared_library.h"

#include <array>
#include <cstring>

namespace dijitso::cache {
namespace {

struct Footer {
  std::array<char, 8> magic{'\x8f', 'D', 'I', 'J', 'I', 'L', 'I', 'B'};
  std::uint32_t schema = 1;
  std::uint32_t footer_size = 88;
  std::uint64_t file_size = 0;
  Digest origin;
  Digest digest;
};
static_assert(sizeof(Footer) == 88);

}  // namespace

Bytes stamp_library(Bytes library, const Digest& origin) {
  Footer footer;
  footer.file_size = library.size() + sizeof footer;
  footer.origin = origin;
  const auto* begin = reinterpret_cast<const std::uint8_t*>(&footer);
  library.insert(library.end(), begin, begin + sizeof footer);
  const Digest digest = blake3(ByteView(library).first(library.size() - sizeof footer.digest));
  std::memcpy(library.data() + library.size() - sizeof digest, &digest, sizeof digest);
  return library;
}

std::optional<Digest> library_origin(ByteView bytes) {
  Footer footer;
  const Footer expected;
  if (bytes.size() < sizeof footer) return std::nullopt;
  std::memcpy(&footer, bytes.data() + bytes.size() - sizeof footer, sizeof footer);
  if (footer.magic != expected.magic || footer.schema != expected.schema ||
      footer.footer_size != expected.footer_size || footer.file_size != bytes.size())
    return std::nullopt;
  if (footer.digest != blake3(bytes.first(bytes.size() - sizeof footer.digest))) return std::nullopt;
  return footer.origin;
}

}  // namespace dijitso::cache
