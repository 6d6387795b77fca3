// A relocatable object is a header, contents in any order, and a table of sections that the header points to. So
// sections are added at the end of the file, followed by a new table: the old contents stay in place, and the old table
// becomes unused space. Objects with 65280 sections or more keep the counts in the first, otherwise empty, section.
// Tested in unittests/cache/elf_sections_test.cpp.
#include "cache/format/elf_sections.h"

#include <elf.h>

#include <algorithm>
#include <cstring>

namespace dijitso::cache {
namespace {

// Parts of an object, which were checked to be inside it.
struct Object {
  Elf64_Ehdr header;
  std::vector<Elf64_Shdr> sections;
  std::string_view names;  // the section name table, ending with a NUL
};

std::optional<Object> parse(ByteView bytes) try {
  Object object;
  const Elf64_Ehdr& header = object.header = value_at<Elf64_Ehdr>(bytes, 0);
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_ident[EI_CLASS] != ELFCLASS64 ||
      header.e_ident[EI_DATA] != ELFDATA2LSB || header.e_type != ET_REL || header.e_shentsize != sizeof(Elf64_Shdr))
    return std::nullopt;
  const auto first = value_at<Elf64_Shdr>(bytes, header.e_shoff);
  const std::uint64_t count = header.e_shnum != 0 ? header.e_shnum : first.sh_size;
  const std::uint64_t names = header.e_shstrndx != SHN_XINDEX ? header.e_shstrndx : first.sh_link;
  if (names == 0 || names >= count) return std::nullopt;
  object.sections = values_at<Elf64_Shdr>(bytes, header.e_shoff, count);
  const Elf64_Shdr& table = object.sections[names];
  object.names = as_text(part_of(bytes, table.sh_offset, table.sh_size));
  if (table.sh_type != SHT_STRTAB || !object.names.ends_with('\0')) return std::nullopt;
  return object;
} catch (const BytesEnd&) {
  return std::nullopt;
}

Elf64_Shdr new_section(std::size_t name, std::uint32_t type, std::size_t offset, std::size_t size) {
  Elf64_Shdr section{};
  section.sh_name = static_cast<Elf64_Word>(name);
  section.sh_type = type;
  section.sh_flags = type == SHT_PROGBITS ? SHF_EXCLUDE : 0;
  section.sh_offset = offset;
  section.sh_size = size;
  section.sh_addralign = 1;
  return section;
}

// Appends the table to `out` and makes the header point to it; the last section is the name table.
void append_section_table(Bytes& out, Elf64_Ehdr header, std::vector<Elf64_Shdr>& sections) {
  std::size_t count = sections.size();
  std::size_t names = count - 1;
  header.e_shnum = static_cast<Elf64_Half>(count < SHN_LORESERVE ? count : 0);
  sections[0].sh_size = count < SHN_LORESERVE ? 0 : count;
  header.e_shstrndx = static_cast<Elf64_Half>(names < SHN_LORESERVE ? names : SHN_XINDEX);
  sections[0].sh_link = static_cast<Elf64_Word>(names < SHN_LORESERVE ? 0 : names);
  out.resize((out.size() + 7) / 8 * 8);
  header.e_shoff = out.size();
  append(out, bytes_of(sections));
  std::memcpy(out.data(), &header, sizeof header);
}

}  // namespace

std::optional<std::vector<NamedSection>> list_sections(ByteView bytes) try {
  const std::optional<Object> object = parse(bytes);
  if (!object) return std::nullopt;
  std::vector<NamedSection> found;
  for (const Elf64_Shdr& section : object->sections) {
    if (section.sh_type == SHT_NULL || section.sh_type == SHT_NOBITS) continue;
    if (section.sh_name >= object->names.size()) return std::nullopt;
    // The table ends with a NUL, so every name in it is terminated.
    found.push_back({object->names.data() + section.sh_name, part_of(bytes, section.sh_offset, section.sh_size)});
  }
  return found;
} catch (const BytesEnd&) {
  return std::nullopt;
}

std::optional<Bytes> append_sections(ByteView bytes, const std::vector<NamedSection>& sections) {
  std::optional<Object> object = parse(bytes);
  if (!object) return std::nullopt;
  std::string names(object->names);
  Bytes out;
  std::size_t growth = 256 + names.size() + (object->sections.size() + sections.size() + 1) * sizeof(Elf64_Shdr);
  for (const NamedSection& section : sections) growth += section.content.size() + section.name.size();
  out.reserve(bytes.size() + growth);
  append(out, bytes);
  for (const NamedSection& section : sections) {
    object->sections.push_back(new_section(names.size(), SHT_PROGBITS, out.size(), section.content.size()));
    names.append(section.name).push_back('\0');
    append(out, section.content);
  }
  std::size_t own_name = names.size();
  names.append(".shstrtab").push_back('\0');
  object->sections.push_back(new_section(own_name, SHT_STRTAB, out.size(), names.size()));
  append(out, as_bytes(names));
  append_section_table(out, object->header, object->sections);
  return out;
}

std::optional<Bytes> without_appended_sections(ByteView bytes, std::string_view prefix) try {
  const std::optional<Object> object = parse(bytes);
  if (!object) return std::nullopt;
  const auto is_appended = [&](const Elf64_Shdr& section) {
    return section.sh_name < object->names.size() && object->names.substr(section.sh_name).starts_with(prefix);
  };
  const auto first = std::ranges::find_if(object->sections, is_appended);
  if (first == object->sections.end() || first == object->sections.begin()) return std::nullopt;
  const auto count = static_cast<std::size_t>(first - object->sections.begin());
  const std::size_t size = first->sh_offset;
  if (size < sizeof(Elf64_Ehdr) + count * sizeof(Elf64_Shdr)) return std::nullopt;
  const std::size_t table = size - count * sizeof(Elf64_Shdr);
  const std::vector<Elf64_Shdr> before = values_at<Elf64_Shdr>(bytes, table, count);
  // The first section may have counts in it.
  if (std::memcmp(before.data() + 1, object->sections.data() + 1, (count - 1) * sizeof(Elf64_Shdr)) != 0)
    return std::nullopt;
  const auto is_name_table = [&](const Elf64_Shdr& section) {
    return section.sh_type == SHT_STRTAB && section.sh_size == first->sh_name &&
           as_text(part_of(bytes, section.sh_offset, section.sh_size)) == object->names.substr(0, section.sh_size);
  };
  const auto names = std::ranges::find_if(before, is_name_table);
  if (names == before.end()) return std::nullopt;
  const auto at = static_cast<std::size_t>(names - before.begin());
  Elf64_Ehdr header = object->header;
  header.e_shoff = table;
  header.e_shnum = static_cast<Elf64_Half>(count < SHN_LORESERVE ? count : 0);
  header.e_shstrndx = static_cast<Elf64_Half>(at < SHN_LORESERVE ? at : SHN_XINDEX);
  Bytes out(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
  std::memcpy(out.data(), &header, sizeof header);
  return out;
} catch (const BytesEnd&) {
  return std::nullopt;
}

void clear_sections(Bytes& bytes, std::string_view prefix) {
  const std::optional<Object> object = parse(bytes);
  if (!object) return;
  std::vector<Elf64_Shdr> sections = object->sections;
  for (Elf64_Shdr& section : sections)
    if (section.sh_name < object->names.size() && object->names.substr(section.sh_name).starts_with(prefix))
      section = {};
  std::memcpy(bytes.data() + object->header.e_shoff, sections.data(), sections.size() * sizeof(Elf64_Shdr));
}

}  // namespace dijitso::cache
