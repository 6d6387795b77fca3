// The new object has a section for each group, then the relocations of those that have some, and the tables of symbols
// and names. A symbol is copied when a relocation that stays refers to it. Tested in
// unittests/orc/partial_link_test.cpp and linker_work_test.cpp.
#include "orc/partial_link.h"

#include "orc/runtime_helpers.h"
#include "orc/special_symbols.h"
#include "orc/tls_relocations.h"

#include <llvm/Support/MathExtras.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>
#include <string>

namespace dijitso::orc {

namespace {

namespace elf = llvm::ELF;
namespace jit = llvm::jitlink;
using Section = ElfFile::Elf_Shdr;
using Symbol = ElfFile::Elf_Sym;
using Relocation = ElfFile::Elf_Rela;

constexpr std::size_t alignment_of_tables = 8;
constexpr std::uint32_t no_group = std::numeric_limits<std::uint32_t>::max();

std::optional<PartialLink::Width> width_of(std::uint32_t type) {
  switch (type) {
    case elf::R_X86_64_PC32:
    case elf::R_X86_64_PLT32:
      return PartialLink::Width::relative32;
    case elf::R_X86_64_PC64:
      return PartialLink::Width::relative64;
    case elf::R_X86_64_64:
      return PartialLink::Width::absolute64;
    default:
      return std::nullopt;
  }
}

std::size_t size_of(PartialLink::Width width) { return width == PartialLink::Width::relative32 ? 4 : 8; }

bool has_a_place(const Symbol& symbol) {
  switch (symbol.getType()) {
    case elf::STT_NOTYPE:
    case elf::STT_FUNC:
    case elf::STT_OBJECT:
    case elf::STT_SECTION:
      return true;
    default:
      return false;
  }
}

void align(Bytes& bytes, std::size_t alignment) { bytes.resize(llvm::alignTo(bytes.size(), alignment)); }

class PartialLinker {
 public:
  PartialLinker(const ElfFile& file, Object& object) : file_(file), object_(object), groups_(object.groups) {}

  // As link_partly().
  llvm::Expected<bool> run();

 private:
  struct Place {
    std::uint32_t group = no_group;
    std::uint64_t offset = 0;
  };

  bool find_symbols(llvm::ArrayRef<Section> sections);
  llvm::Error copy_sections(llvm::ArrayRef<Section> sections);
  llvm::Error read_symbols(llvm::ArrayRef<Section> sections);
  llvm::Error read_relocations(const Section& table);
  bool take_relocation(Relocation relocation, const Place& place);
  bool resolve(const Relocation& relocation, std::uint32_t group, const Symbol& symbol);
  bool loads_address(const Relocation& relocation, std::uint32_t group) const;
  std::uint32_t copy_symbol(std::uint32_t number);
  void write_tables();

  // The place of the section in which the symbol is; that of no group when it is no place of this object.
  Place place_of(const Symbol& symbol) const {
    if (!has_a_place(symbol) || symbol.st_shndx == elf::SHN_UNDEF || symbol.st_shndx >= places_.size()) return {};
    const Place& place = places_[symbol.st_shndx];
    return place.group == no_group || groups_[place.group].is_thread_local() ? Place{} : place;
  }

  const ElfFile& file_;
  Object& object_;
  const std::vector<SectionGroup>& groups_;
  const Section* symbol_table_ = nullptr;
  llvm::ArrayRef<Symbol> symbols_;
  llvm::StringRef names_;
  std::vector<Place> places_;                         // of the sections of the file
  Bytes bytes_ = Bytes(sizeof(ElfFile::Elf_Ehdr));    // the new object
  std::vector<std::size_t> contents_;                 // of the groups: where they are in it
  std::vector<std::vector<Relocation>> relocations_;  // of the groups
  std::vector<Symbol> new_symbols_ = {Symbol()};      // the first symbol of a table means none
  std::vector<std::uint32_t> new_numbers_;            // of the symbols of the file; 0: not copied
  std::string new_names_ = std::string(1, '\0');
  PartialLink result_;
};

llvm::Expected<bool> PartialLinker::run() {
  auto sections = file_.sections();
  if (!sections) return sections.takeError();
  if (!find_symbols(*sections)) return false;
  if (auto error = copy_sections(*sections)) return error;
  if (auto error = read_symbols(*sections)) return error;
  for (const auto& section : *sections) {
    if (section.sh_type != elf::SHT_RELA) continue;
    if (auto error = read_relocations(section)) return error;
  }
  write_tables();
  result_.done = true;
  object_.bytes = std::move(bytes_);
  object_.partial = std::move(result_);
  return true;
}

// An object with more than 65,000 sections has another table, which says in which section a symbol is.
bool PartialLinker::find_symbols(llvm::ArrayRef<Section> sections) {
  if (file_.getHeader().e_shnum == 0 || 2 * groups_.size() + 8 > elf::SHN_LORESERVE) return false;
  for (const auto& section : sections) {
    if (section.sh_type != elf::SHT_SYMTAB) continue;
    if (symbol_table_) return false;
    symbol_table_ = &section;
  }
  return symbol_table_ != nullptr;
}

// Copies the content of sections, of one group after the other.
llvm::Error PartialLinker::copy_sections(llvm::ArrayRef<Section> sections) {
  places_.resize(sections.size());
  bytes_.reserve(object_.original->size());
  for (std::uint32_t number = 0; number < groups_.size(); ++number) {
    const auto& group = groups_[number];
    align(bytes_, alignment_of_tables);
    contents_.push_back(bytes_.size());
    for (const auto& member : group.members) {
      const std::uint64_t offset = member.address - group.address;
      places_[member.number] = {number, offset};
      if (!group.has_content()) continue;
      auto content = file_.getSectionContents(sections[member.number]);
      if (!content) return content.takeError();
      bytes_.resize(contents_.back() + offset);
      append(bytes_, *content);
    }
  }
  relocations_.resize(groups_.size());
  return llvm::Error::success();
}

// Exports are found here. Those that stay symbols are JITLink's: common and thread-local variables.
llvm::Error PartialLinker::read_symbols(llvm::ArrayRef<Section> sections) {
  auto symbols = file_.symbols(symbol_table_);
  if (!symbols) return symbols.takeError();
  symbols_ = *symbols;
  auto names = file_.getStringTableForSymtab(*symbol_table_, sections);
  if (!names) return names.takeError();
  names_ = *names;
  new_numbers_.resize(symbols_.size());
  for (std::uint32_t number = 0; number < symbols_.size(); ++number) {
    const Symbol& symbol = symbols_[number];
    if (!is_exported(symbol) || symbol.isUndefined()) continue;
    const Place place = place_of(symbol);
    if (place.group == no_group) {
      if (symbol.isCommon() || symbol.getType() == elf::STT_TLS) copy_symbol(number);
      continue;
    }
    auto name = symbol.getName(names_);
    if (!name) return name.takeError();
    result_.exports.push_back({*name, place.offset + symbol.st_value, place.group});
  }
  return llvm::Error::success();
}

llvm::Error PartialLinker::read_relocations(const Section& table) {
  if (table.sh_info >= places_.size() || places_[table.sh_info].group == no_group) return llvm::Error::success();
  auto relocations = file_.relas(table);
  if (!relocations) return relocations.takeError();
  for (const auto& relocation : *relocations)
    if (!take_relocation(relocation, places_[table.sh_info]))
      return llvm::createStringError("a relocation is of a place or a symbol that the object does not have");
  return llvm::Error::success();
}

// `place` is that of the section to which the relocation belongs.
bool PartialLinker::take_relocation(Relocation relocation, const Place& place) {
  const std::uint32_t number = relocation.getSymbol(false);
  const auto& group = groups_[place.group];
  relocation.r_offset = relocation.r_offset + place.offset;
  if (number >= symbols_.size() || !group.has_content() || relocation.r_offset >= group.size) return false;
  rewrite_local_dynamic(relocation, true);
  if (resolve(relocation, place.group, symbols_[number])) return true;
  relocation.setSymbol(copy_symbol(number), false);
  relocations_[place.group].push_back(relocation);
  return true;
}

// Whether JITLink need not see the relocation.
bool PartialLinker::resolve(const Relocation& relocation, std::uint32_t group, const Symbol& symbol) {
  const Place target = place_of(symbol);
  if (target.group == no_group) return false;
  std::optional<PartialLink::Width> width = width_of(relocation.getType(false));
  if (!width && loads_address(relocation, group)) {
    bytes_[contents_[group] + relocation.r_offset - 2] = 0x8d;  // LEA
    width = PartialLink::Width::relative32;
  }
  if (!width || groups_[group].size < size_of(*width) || relocation.r_offset > groups_[group].size - size_of(*width))
    return false;
  const auto target_offset = static_cast<std::int64_t>(target.offset + symbol.st_value) + relocation.r_addend;
  result_.relocations.push_back({relocation.r_offset, target_offset, group, target.group, *width});
  return true;
}

// Whether an instruction MOV loads the address of a symbol from the table of addresses (the GOT). When the symbol is in
// the object, LEA computes its address, as every linker does it.
bool PartialLinker::loads_address(const Relocation& relocation, std::uint32_t group) const {
  return relocation.getType(false) == elf::R_X86_64_REX_GOTPCRELX && relocation.r_addend == -4 &&
         relocation.r_offset >= 3 && relocation.r_offset < groups_[group].size &&
         bytes_[contents_[group] + relocation.r_offset - 2] == 0x8b;
}

// Returns its number in the new object.
std::uint32_t PartialLinker::copy_symbol(std::uint32_t number) {
  std::uint32_t& new_number = new_numbers_[number];
  if (new_number != 0 || number == 0) return new_number;
  Symbol symbol = symbols_[number];
  replace_special_symbol(symbol);
  if (symbol.st_shndx != elf::SHN_UNDEF && symbol.st_shndx < places_.size()) {
    const Place& place = places_[symbol.st_shndx];
    if (place_of(symbol).group != no_group) symbol.setBinding(elf::STB_LOCAL);  // it is among the exports
    symbol.st_shndx = static_cast<std::uint16_t>(place.group + 1);
    symbol.st_value = symbol.st_value + place.offset;
  }
  const llvm::StringRef name = names_.drop_front(std::min<std::size_t>(symbol.st_name, names_.size()));
  symbol.st_name = static_cast<std::uint32_t>(new_names_.size());
  new_names_.append(name.data(), name.find('\0') + 1);
  new_number = static_cast<std::uint32_t>(new_symbols_.size());
  new_symbols_.push_back(symbol);
  return new_number;
}

// Section 0 means none; then come the groups, their relocations, and the tables of symbols, of their names, and of the
// names of sections.
void PartialLinker::write_tables() {
  std::vector<Section> sections(1);
  std::string section_names(1, '\0');
  const auto add = [&](std::uint32_t type, std::uint64_t offset, std::uint64_t size) -> Section& {
    Section& section = sections.emplace_back();
    section.sh_type = type;
    section.sh_offset = offset;
    section.sh_size = size;
    section.sh_addralign = 1;
    return section;
  };
  const auto add_table = [&](std::uint32_t type, ByteView content) -> Section& {
    align(bytes_, alignment_of_tables);
    append(bytes_, content);
    return add(type, bytes_.size() - content.size(), content.size());
  };
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    Section& section = add(groups_[i].type, contents_[i], groups_[i].size);
    section.sh_name = static_cast<std::uint32_t>(section_names.size());
    section_names += groups_[i].name.str() + '\0';
    section.sh_flags = groups_[i].flags;
    section.sh_addr = groups_[i].address;
    section.sh_addralign = groups_[i].alignment;
  }
  const auto count = std::ranges::count_if(relocations_, [](const auto& list) { return !list.empty(); });
  const auto symbol_section = static_cast<std::uint32_t>(1 + groups_.size() + static_cast<std::size_t>(count));
  for (std::uint32_t i = 0; i < relocations_.size(); ++i) {
    if (relocations_[i].empty()) continue;
    Section& section = add_table(elf::SHT_RELA, bytes_of(relocations_[i]));
    section.sh_link = symbol_section;
    section.sh_info = i + 1;
    section.sh_entsize = sizeof(Relocation);
  }
  Section& symbols = add_table(elf::SHT_SYMTAB, bytes_of(new_symbols_));
  symbols.sh_link = symbol_section + 1;
  symbols.sh_entsize = sizeof(Symbol);
  add_table(elf::SHT_STRTAB, as_bytes(new_names_));
  add_table(elf::SHT_STRTAB, as_bytes(section_names));

  auto header = file_.getHeader();
  align(bytes_, alignment_of_tables);
  header.e_shoff = bytes_.size();
  header.e_shnum = static_cast<std::uint16_t>(sections.size());
  header.e_shstrndx = static_cast<std::uint16_t>(sections.size() - 1);
  append(bytes_, bytes_of(sections));
  std::memcpy(bytes_.data(), &header, sizeof header);
}

// JITLink defines these, or a pass does.
bool is_defined_by_linker(llvm::StringRef name) {
  return name == "__dso_handle" || name == "_GLOBAL_OFFSET_TABLE_" || name.starts_with("__start_") ||
         name.starts_with("__stop_") || !runtime_data(name).empty();
}

}  // namespace

bool can_link_partly(const Object& object, const Imports& imports) {
#if defined(__x86_64__)
  return object.chosen_functions.empty() && std::ranges::all_of(object.undefined, [&](const UndefinedSymbol& symbol) {
           return symbol.weak || imports.contains(symbol.name) || is_defined_by_linker(symbol.name);
         });
#else
  static_cast<void>(object), static_cast<void>(imports);
  return false;
#endif
}

llvm::Expected<bool> link_partly(Object& object) {
  auto file = parse_elf(*object.original);
  if (!file) return file.takeError();
  return PartialLinker(*file, object).run();
}

llvm::Error apply_relocations(const PartialLink& partial, const std::vector<jit::Block*>& blocks) {
  struct Group {
    char* content;
    std::uint64_t address;
  };
  std::vector<Group> groups;
  for (auto* block : blocks)
    groups.push_back(
        {block->isZeroFill() ? nullptr : block->getAlreadyMutableContent().data(), block->getAddress().getValue()});
  for (const auto& relocation : partial.relocations) {
    const Group& group = groups[relocation.group];
    char* const place = group.content + relocation.offset;
    const std::uint64_t target =
        groups[relocation.target_group].address + static_cast<std::uint64_t>(relocation.target_offset);
    const auto distance = static_cast<std::int64_t>(target - group.address - relocation.offset);
    switch (relocation.width) {
      case PartialLink::Width::absolute64:
        std::memcpy(place, &target, sizeof target);
        break;
      case PartialLink::Width::relative64:
        std::memcpy(place, &distance, sizeof distance);
        break;
      case PartialLink::Width::relative32: {
        const auto stored = static_cast<std::int32_t>(distance);
        if (stored != distance) return llvm::createStringError("code and data of the module are more than 2 GB apart");
        std::memcpy(place, &stored, sizeof stored);
      }
    }
  }
  return llvm::Error::success();
}

}  // namespace dijitso::orc
