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

// Empty when the header is not one of ELF64; BytesEnd when the file ends before the table does.
std::vector<Elf64_Shdr> section_table(ByteView file) {
  const auto header = value_at<Elf64_Ehdr>(file, 0);
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_ident[EI_CLASS] != ELFCLASS64 ||
      header.e_shentsize != sizeof(Elf64_Shdr))
    return {};
  std::uint64_t count = header.e_shnum;
  if (count == 0) count = value_at<Elf64_Shdr>(file, header.e_shoff).sh_size;  // too many sections for this field
  return values_at<Elf64_Shdr>(file, header.e_shoff, count);
}

// A symbol table with its names, in a file with these sections. The numbers `*at` are indices of sections.
struct SymbolTable {
  std::vector<Elf64_Shdr> sections;
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

// nullopt when the file is not well-formed, or has no such table.
std::optional<SymbolTable> read_symbols(ByteView file, Elf64_Word type) try {
  SymbolTable table;
  const auto read = [&]<class T>(std::size_t at, std::vector<T>& items) {
    const Elf64_Shdr& section = table.sections.at(at);
    if (section.sh_size % sizeof(T) != 0) throw BytesEnd();
    items = values_at<T>(file, section.sh_offset, section.sh_size / sizeof(T));
  };
  table.sections = section_table(file);
  while (table.at < table.sections.size() && table.sections[table.at].sh_type != type) ++table.at;
  if (table.at == table.sections.size()) return std::nullopt;
  table.names_at = table.sections[table.at].sh_link;
  if (table.names_at >= table.sections.size()) return std::nullopt;
  read(table.at, table.symbols);
  read(table.names_at, table.names);
  if (table.names.empty() || table.names.back() != '\0') return std::nullopt;
  for (std::size_t i = 0; i < table.sections.size(); ++i) {
    if (table.sections[i].sh_type != SHT_SYMTAB_SHNDX || table.sections[i].sh_link != table.at) continue;
    read(table.indices_at = i, table.indices);
    if (table.indices.size() != table.symbols.size()) return std::nullopt;
  }
  return table;
} catch (const BytesEnd&) {
  return std::nullopt;
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
    const std::optional<SymbolTable> table = read_symbols(library.content, SHT_DYNSYM);
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
void append_content(Bytes& file, Elf64_Shdr& section, const std::vector<T>& content) {
  file.resize((file.size() + 7) / 8 * 8);
  section.sh_offset = file.size();
  section.sh_size = content.size() * sizeof(T);
  append(file, bytes_of(content));
}

}  // namespace

Bytes with_unique_names(ByteView object, const std::string& soname, const std::vector<NamedLibrary>& dependencies) {
  Bytes file(object.begin(), object.end());
  std::optional<SymbolTable> table = read_symbols(object, SHT_SYMTAB);
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
  std::vector<Elf64_Shdr>& sections = table->sections;
  append_content(file, sections[table->at], table->symbols);
  append_content(file, sections[table->names_at], table->names);
  if (!table->indices.empty()) append_content(file, sections[table->indices_at], table->indices);
  const auto header = value_at<Elf64_Ehdr>(object, 0);
  std::memcpy(file.data() + header.e_shoff, sections.data(), sections.size() * sizeof(Elf64_Shdr));
  return file;
}

std::vector<std::string> needed_symbols(ByteView object) {
  std::vector<std::string> names;
  const std::optional<SymbolTable> table = read_symbols(object, SHT_SYMTAB);
  if (!table) return names;
  for (const Elf64_Sym& symbol : table->symbols)
    if (symbol.st_shndx == SHN_UNDEF && ELF64_ST_BIND(symbol.st_info) == STB_GLOBAL)
      names.emplace_back(table->name_of(symbol));
  return names;
}

}  // namespace dijitso::exporter
