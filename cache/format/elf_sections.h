// The part of the ELF64 format that entries need: listing sections, and appending sections to a relocatable object
// or clearing them without moving its contents. Pure; every offset is checked before it is used. Tested in
// unittests/cache/elf_sections_test.cpp.
#pragma once

#include "support/bytes.h"

#include <optional>
#include <string_view>
#include <vector>

namespace dijitso::cache {

struct NamedSection {
  std::string_view name;
  ByteView content;
};

// The sections with contents in the order of the section table; nullopt when `object` is no well-formed ELF64
// little-endian relocatable object. The views point into `object`.
std::optional<std::vector<NamedSection>> list_sections(ByteView object);

// `object` followed by the contents, a new section name table and a new section table; only the fields of the ELF
// header that locate these change. The new sections are neither loaded nor linked into programs (SHF_EXCLUDE). nullopt
// as above.
std::optional<Bytes> append_sections(ByteView object, const std::vector<NamedSection>& sections);

// The object as it was before append_sections() added the first section whose name begins with `prefix`. nullopt when
// `bytes` was not made in that way, from an object that ends with its section table, as compilers write it.
std::optional<Bytes> without_appended_sections(ByteView bytes, std::string_view prefix);

// Makes the sections whose names begin with `prefix` empty entries of the section table, which linkers skip. Does
// nothing when `object` is no well-formed object as above.
void clear_sections(Bytes& object, std::string_view prefix);

}  // namespace dijitso::cache
