// Appends new copies of the symbol table, its names and (for objects with more than 65,000 sections) its section
// numbers to the object; nothing else moves. The second name of a function has no type and no size, so debuggers,
// profilers and dladdr still show the first.
#include "export/unique_names.h"

#include <elf.h>

#include <cstring>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace dijitso::exporter {
namespace {

template <class T>
std::optional<std::vector<T>> read_array(ByteView file, std::uint64_t offset, std::uint64_t bytes) {
  if (offset > file.size() || bytes > file.size() - offset || bytes % sizeof(T) != 0) return std::nullopt;
  std::vector<T> items(bytes / sizeof(T));
  if (bytes > 0) std::memcpy(items.data(), file.data() + offset, bytes);
  return items;
}

std::optional<std::vector<Elf64_Shdr>> section_table(ByteView file) {
  const auto headers = read_array<Elf64_Ehdr>(file, 0, sizeof(Elf64_Ehdr));
  if (!headers || std::memcmp(headers->front().e_ident, ELFMAG, SELFMAG) != 0 ||
      headers->front().e_ident[EI_CLASS] != ELFCLASS64 || headers->front().e_shentsize != sizeof(Elf64_Shdr))
    return std::nullopt;
  const Elf64_Ehdr& header = headers->front();
  std::uint64_t count = header.e_shnum;
  if (count == 0) {  // too many sections for this field
    const auto first = read_array<Elf64_Shdr>(file, header.e_shoff, sizeof(Elf64_Shdr));
    if (!first || first->front().sh_size > file.size()) return std::nullopt;
    count = first->front().sh_size;
  }
  return read_array<Elf64_Shdr>(file, header.e_shoff, count * sizeof(Elf64_Shdr));
}

// A symbol table with its names. The numbers `*at` are indices in the section table.
struct SymbolTable {
  std::size_t at = 0, names_at = 0, indices_at = 0;
  std::vector<Elf64_Sym> symbols;
  std::vector<char> names;
  std::vector<Elf64_Word> indices;  // SHT_SYMTAB_SHNDX; empty when there is none

  std::string_view name_of(const Elf64_Sym& symbol) const {
    const std::string_view all(names.data(), names.size());
    return symbol.st_name < all.size() ? all.substr(symbol.st_name, all.find('\0', symbol.st_name) - symbol.st_name)
                                       : std::string_view();
  }

  void rename(std::size_t symbol, const std::string& name) {
    symbols[symbol].st_name = static_cast<Elf64_Word>(names.size());
    names.insert(names.end(), name.c_str(), name.c_str() + name.size() + 1);
  }

  void add_second_name(std::size_t symbol, const std::string& name) {
    Elf64_Sym second = symbols[symbol];
    const auto type = ELF64_ST_TYPE(second.st_info);
    if (type == STT_FUNC || type == STT_OBJECT) {
      second.st_info = ELF64_ST_INFO(ELF64_ST_BIND(second.st_info), STT_NOTYPE);
      second.st_size = 0;
    }
    symbols.push_back(second);
    if (!indices.empty()) indices.push_back(indices[symbol]);
    rename(symbols.size() - 1, name);
  }
};

std::optional<SymbolTable> read_symbols(ByteView file, const std::vector<Elf64_Shdr>& sections, Elf64_Word type) {
  SymbolTable table;
  while (table.at < sections.size() && sections[table.at].sh_type != type) ++table.at;
  if (table.at == sections.size() || sections[table.at].sh_link >= sections.size()) return std::nullopt;
  table.names_at = sections[table.at].sh_link;
  auto symbols = read_array<Elf64_Sym>(file, sections[table.at].sh_offset, sections[table.at].sh_size);
  auto names = read_array<char>(file, sections[table.names_at].sh_offset, sections[table.names_at].sh_size);
  if (!symbols || !names || names->empty() || names->back() != '\0') return std::nullopt;
  table.symbols = std::move(*symbols);
  table.names = std::move(*names);
  for (std::size_t i = 0; i < sections.size(); ++i) {
    if (sections[i].sh_type != SHT_SYMTAB_SHNDX || sections[i].sh_link != table.at) continue;
    auto indices = read_array<Elf64_Word>(file, sections[i].sh_offset, sections[i].sh_size);
    if (!indices || indices->size() != table.symbols.size()) return std::nullopt;
    table.indices = std::move(*indices);
    table.indices_at = i;
  }
  return table;
}

// Whether other modules may use the symbol, or the module uses it from others.
bool is_shared(const Elf64_Sym& symbol) {
  const auto visibility = ELF64_ST_VISIBILITY(symbol.st_other);
  return ELF64_ST_BIND(symbol.st_info) != STB_LOCAL && symbol.st_shndx != SHN_COMMON &&
         (visibility == STV_DEFAULT || visibility == STV_PROTECTED);
}

std::string second_name(std::string_view name, const std::string& soname) { return std::string(name) + "." + soname; }

// Maps first names to the second names that the libraries define.
std::unordered_map<std::string, std::string> names_in(const std::vector<NamedLibrary>& libraries) {
  std::unordered_map<std::string, std::string> found;
  for (const NamedLibrary& library : libraries) {
    const auto sections = section_table(library.content);
    const auto table = sections ? read_symbols(library.content, *sections, SHT_DYNSYM) : std::nullopt;
    if (!table) continue;
    const std::string ending = second_name("", library.soname);
    for (const Elf64_Sym& symbol : table->symbols) {
      const std::string_view name = table->name_of(symbol);
      if (symbol.st_shndx != SHN_UNDEF && name.ends_with(ending))
        found.try_emplace(std::string(name.substr(0, name.size() - ending.size())), name);
    }
  }
  return found;
}

template <class T>
void append(Bytes& file, Elf64_Shdr& section, const std::vector<T>& content) {
  file.resize((file.size() + 7) / 8 * 8);
  section.sh_offset = file.size();
  section.sh_size = content.size() * sizeof(T);
  const auto* begin = reinterpret_cast<const std::uint8_t*>(content.data());
  file.insert(file.end(), begin, begin + section.sh_size);
}

}  // namespace

Bytes with_unique_names(ByteView object, const std::string& soname, const std::vector<NamedLibrary>& dependencies) {
  Bytes file(object.begin(), object.end());
  auto sections = section_table(object);
  auto table = sections ? read_symbols(object, *sections, SHT_SYMTAB) : std::nullopt;
  if (!table) return file;
  const auto dependency_names = names_in(dependencies);
  const std::size_t count = table->symbols.size();
  for (std::size_t i = 0; i < count; ++i) {
    const Elf64_Sym symbol = table->symbols[i];
    const std::string name(table->name_of(symbol));
    if (!is_shared(symbol) || name.empty() || name.find('@') != name.npos) continue;
    if (symbol.st_shndx != SHN_UNDEF)
      table->add_second_name(i, second_name(name, soname));
    else if (const auto found = dependency_names.find(name); found != dependency_names.end())
      table->rename(i, found->second);
  }
  append(file, (*sections)[table->at], table->symbols);
  append(file, (*sections)[table->names_at], table->names);
  if (!table->indices.empty()) append(file, (*sections)[table->indices_at], table->indices);
  Elf64_Ehdr header;
  std::memcpy(&header, file.data(), sizeof header);
  std::memcpy(file.data() + header.e_shoff, sections->data(), sections->size() * sizeof(Elf64_Shdr));
  return file;
}

}  // namespace dijitso::exporter
