// The origin is in a footer and not in a section, for two reasons: it is read without parsing ELF, and a tool that
// changes the library (strip) removes or invalidates the footer, so that the library is made again.
#include "cache/format/shared_library.h"

#include <elf.h>

#include <algorithm>
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

// The end of the section table, which linkers write last; 0 when there is none.
std::uint64_t end_of_elf(ByteView bytes) {
  Elf64_Ehdr header{};
  std::memcpy(&header, bytes.data(), std::min(bytes.size(), sizeof header));
  return header.e_shoff + std::uint64_t{header.e_shnum} * header.e_shentsize;
}

}  // namespace

Digest origin_of_library(const Digest& identity, const std::string& soname, bool for_python) {
  return blake3("dijitso library 2\nidentity " + identity.hex() + "\nsoname " + soname + "\npython " +
                (for_python ? "1" : "0") + "\n");
}

Bytes stamp_library(Bytes library, const Digest& origin) {
  Footer footer;
  footer.file_size = library.size() + sizeof footer;
  footer.origin = origin;
  append(library, bytes_of(footer).first(sizeof footer - sizeof footer.digest));
  append_value(library, blake3(library));
  return library;
}

std::optional<Digest> library_origin(ByteView bytes) {
  const Footer expected;
  if (bytes.size() < sizeof expected) return std::nullopt;
  const auto footer = value_at<Footer>(bytes, bytes.size() - sizeof expected);
  if (footer.magic != expected.magic || footer.schema != expected.schema ||
      footer.footer_size != expected.footer_size || footer.file_size != bytes.size())
    return std::nullopt;
  if (footer.digest != blake3(bytes.first(bytes.size() - sizeof footer.digest))) return std::nullopt;
  return footer.origin;
}

std::string fault_of_library(ByteView bytes) {
  const Footer expected;
  const ByteView tail = bytes.last(std::min(bytes.size(), sizeof expected));
  const auto magic = std::ranges::search(tail, as_bytes({expected.magic.data(), expected.magic.size()}));
  const bool is_at_its_place = tail.size() == sizeof expected && magic.begin() == tail.begin() && !magic.empty();
  if (is_at_its_place && value_at<Footer>(tail, 0).schema != expected.schema)
    return "it was made by another version of dijitso, or damaged";
  if (is_at_its_place) return "it is damaged: its digest does not match";
  if (!magic.empty() || bytes.size() < end_of_elf(bytes)) return "it is truncated";
  return "it was not made by dijitso, or was changed since: it has no footer";
}

}  // namespace dijitso::cache
