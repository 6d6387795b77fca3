// The smallest relocatable object is a header and a section table with the name table in it. The parts are appended as
// sections, so any tool that lists sections shows what the file is. Tested in unittests/cache/precompiled_test.cpp.
#include "cache/format/precompiled.h"

#include "cache/format/elf_sections.h"
#include "params/own_directories.h"

#include <elf.h>

#include <cstddef>
#include <cstring>
#include <string_view>
#include <utility>

namespace dijitso::cache {
namespace {

constexpr std::string_view state_section = ".pch.state";
constexpr std::string_view pch_section = ".pch";
constexpr std::string_view mentioned_section = ".pch.mentioned";
constexpr std::string_view changed_section = ".pch.changed";
constexpr std::string_view messages_section = ".pch.messages";

// Usable headers have no section of their state.
constexpr std::pair<HeaderState, std::string_view> state_names[] = {{HeaderState::tried, "tried"},
                                                                    {HeaderState::seen, "seen"},
                                                                    {HeaderState::refused, "refused"},
                                                                    {HeaderState::cheap, "cheap"}};

Bytes empty_object() {
  struct Object {
    Elf64_Ehdr header{};
    Elf64_Shdr sections[2]{};
    char names[8] = "";
  } object;
  std::memcpy(object.header.e_ident, ELFMAG, SELFMAG);
  object.header.e_ident[EI_CLASS] = ELFCLASS64;
  object.header.e_ident[EI_DATA] = ELFDATA2LSB;
  object.header.e_ident[EI_VERSION] = EV_CURRENT;
  object.header.e_type = ET_REL;
  object.header.e_version = EV_CURRENT;
  object.header.e_ehsize = sizeof(Elf64_Ehdr);
  object.header.e_shoff = offsetof(Object, sections);
  object.header.e_shentsize = sizeof(Elf64_Shdr);
  object.header.e_shnum = 2;
  object.header.e_shstrndx = 1;
  object.sections[1].sh_type = SHT_STRTAB;
  object.sections[1].sh_offset = offsetof(Object, names);
  object.sections[1].sh_size = 1;
  return Bytes(bytes_of(object).begin(), bytes_of(object).end());
}

std::vector<std::uint64_t> numbers_of(ByteView bytes) {
  return values_at<std::uint64_t>(bytes, 0, bytes.size() / sizeof(std::uint64_t));
}

}  // namespace

CacheParams params_of_precompiled(CacheParams cache) {
  cache.obj_dir = params::precompiled_dir;
  return cache;
}

Bytes write_precompiled(const PrecompiledParts& parts) {
  std::vector<NamedSection> sections;
  for (const auto& [state, name] : state_names)
    if (state == parts.state) sections.push_back({state_section, as_bytes(name)});
  if (parts.state == HeaderState::usable) sections.push_back({pch_section, parts.pch});
  sections.push_back({mentioned_section, bytes_of(parts.mentioned)});
  sections.push_back({changed_section, bytes_of(parts.changed)});
  sections.push_back({messages_section, as_bytes(parts.messages)});
  return *append_sections(empty_object(), sections);
}

std::optional<PrecompiledParts> read_precompiled(ByteView entry) {
  const auto sections = list_sections(entry);
  if (!sections) return std::nullopt;
  PrecompiledParts parts;
  for (const NamedSection& section : *sections) {
    if (section.name == pch_section) parts.pch = section.content;
    if (section.name == mentioned_section) parts.mentioned = numbers_of(section.content);
    if (section.name == changed_section) parts.changed = numbers_of(section.content);
    if (section.name == messages_section) parts.messages = as_text(section.content);
    for (const auto& [state, name] : state_names)
      if (section.name == state_section && as_text(section.content) == name) parts.state = state;
  }
  if (parts.state == HeaderState::usable && parts.pch.empty()) return std::nullopt;
  return parts;
}

}  // namespace dijitso::cache
