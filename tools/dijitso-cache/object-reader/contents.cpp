// Tested through the tool in tests/cli/inspect_test.py.
#include "contents.h"

#include <llvm/BinaryFormat/ELF.h>

#include <map>

namespace dijitso::object_reader {
namespace {

using llvm::object::ELFSectionRef;
using llvm::object::ELFSymbolRef;
using llvm::object::SectionRef;
namespace elf = llvm::ELF;

std::string flags_of(std::uint64_t flags) {
  constexpr std::pair<std::uint64_t, char> letters[] = {
      {elf::SHF_WRITE, 'W'},   {elf::SHF_ALLOC, 'A'},      {elf::SHF_EXECINSTR, 'X'},  {elf::SHF_MERGE, 'M'},
      {elf::SHF_STRINGS, 'S'}, {elf::SHF_INFO_LINK, 'I'},  {elf::SHF_LINK_ORDER, 'L'}, {elf::SHF_GROUP, 'G'},
      {elf::SHF_TLS, 'T'},     {elf::SHF_COMPRESSED, 'C'}, {elf::SHF_EXCLUDE, 'E'}};
  std::string text;
  for (const auto& [flag, letter] : letters)
    if (flags & flag) text += letter;
  return text;
}

// The number of relocations, by the index of the section that they change.
llvm::Expected<std::map<std::uint64_t, std::int64_t>> count_relocations(const Object& object) {
  std::map<std::uint64_t, std::int64_t> counts;
  for (const SectionRef& section : object.sections()) {
    llvm::Expected<std::optional<std::uint64_t>> target = relocated_section(object, section);
    if (!target) return target.takeError();
    if (!*target) continue;
    const auto relocations = section.relocations();
    counts[**target] += std::distance(relocations.begin(), relocations.end());
  }
  return counts;
}

const char* binding_name(std::uint8_t binding) {
  switch (binding) {
    case elf::STB_LOCAL:
      return "local";
    case elf::STB_GLOBAL:
      return "global";
    case elf::STB_WEAK:
      return "weak";
    case elf::STB_GNU_UNIQUE:
      return "unique";
  }
  return "other";
}

const char* type_name(std::uint8_t type) {
  constexpr const char* names[] = {"none", "object", "function", "section", "file", "common", "tls"};
  if (type == elf::STT_GNU_IFUNC) return "ifunc";
  return type < std::size(names) ? names[type] : "other";
}

// Returns "" for an undefined symbol, "*ABS*" and "*COM*" for absolute and common symbols.
llvm::Expected<std::string> section_name_of(const Object& object, const ELFSymbolRef& symbol, std::uint32_t flags) {
  if (flags & ELFSymbolRef::SF_Undefined) return "";
  if (flags & ELFSymbolRef::SF_Common) return "*COM*";
  llvm::Expected<llvm::object::section_iterator> section = symbol.getSection();
  if (!section) return section.takeError();
  if (*section == object.section_end()) return "*ABS*";
  llvm::Expected<llvm::StringRef> name = (*section)->getName();
  if (!name) return name.takeError();
  return name->str();
}

}  // namespace

llvm::json::Value as_json(llvm::StringRef text) {
  return llvm::json::isUTF8(text) ? text.str() : llvm::json::fixUTF8(text);
}

llvm::Expected<std::optional<std::uint64_t>> relocated_section(const Object& object, const SectionRef& section) {
  llvm::Expected<llvm::object::section_iterator> target = section.getRelocatedSection();
  if (!target) return target.takeError();
  if (*target == object.section_end()) return std::nullopt;
  if (llvm::Expected<llvm::StringRef> content = section.getContents(); !content) return content.takeError();
  return (*target)->getIndex();
}

llvm::Expected<llvm::json::Array> sections_of(const Object& object) {
  llvm::Expected<std::map<std::uint64_t, std::int64_t>> relocations = count_relocations(object);
  if (!relocations) return relocations.takeError();
  llvm::json::Array sections;
  for (const SectionRef& section : object.sections()) {
    llvm::Expected<llvm::StringRef> name = section.getName();
    if (!name) return name.takeError();
    const ELFSectionRef as_elf(section);
    const llvm::StringRef type = llvm::object::getELFSectionTypeName(object.getEMachine(), as_elf.getType());
    sections.push_back(llvm::json::Object{{"index", static_cast<std::int64_t>(section.getIndex())},
                                          {"name", as_json(*name)},
                                          {"type", type.str()},
                                          {"size", static_cast<std::int64_t>(section.getSize())},
                                          {"flags", flags_of(as_elf.getFlags())},
                                          {"relocations", (*relocations)[section.getIndex()]}});
  }
  return sections;
}

llvm::Expected<llvm::json::Array> symbols_of(const Object& object, const Wanted& wanted) {
  llvm::json::Array symbols;
  for (const ELFSymbolRef symbol : object.symbols()) {
    llvm::Expected<llvm::StringRef> name = symbol.getName();
    if (!name) return name.takeError();
    const std::string shown = demangled(*name);
    if (!wanted.contains(*name, shown)) continue;
    llvm::Expected<std::uint32_t> flags = symbol.getFlags();
    if (!flags) return flags.takeError();
    llvm::Expected<std::string> section = section_name_of(object, symbol, *flags);
    if (!section) return section.takeError();
    llvm::Expected<std::uint64_t> value = symbol.getValue();
    if (!value) return value.takeError();
    symbols.push_back(llvm::json::Object{{"name", as_json(*name)},
                                         {"demangled", as_json(shown)},
                                         {"section", as_json(*section)},
                                         {"address", static_cast<std::int64_t>(*value)},
                                         {"size", static_cast<std::int64_t>(symbol.getSize())},
                                         {"binding", binding_name(symbol.getBinding())},
                                         {"defined", (*flags & ELFSymbolRef::SF_Undefined) == 0},
                                         {"type", type_name(symbol.getELFType())}});
  }
  return symbols;
}

}  // namespace dijitso::object_reader
