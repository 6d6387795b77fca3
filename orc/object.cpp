// Reads the object with LLVM's ELF reader. The bytes were verified when they came from disk or from another process. So
// this code need not handle damaged objects; it only refuses other kinds of files. Tested in
// unittests/orc/session_test.cpp.
#include "orc/object.h"

#include "llvm-config/error.h"
#include "orc/special_symbols.h"
#include "orc/tls.h"

#include <llvm/Object/ELFObjectFile.h>
#include <llvm/TargetParser/Host.h>
#include <llvm/TargetParser/Triple.h>

namespace dijitso::orc {

namespace {

using llvm_config::check_link;

void read_symbol(const ElfFile::Elf_Sym& entry, llvm::StringRef name, Object& object) {
  if (name.empty()) return;
  if (entry.isUndefined()) {
    object.undefined.push_back(
        {name.str(), entry.getBinding() == llvm::ELF::STB_WEAK, entry.getType() == llvm::ELF::STT_TLS});
  } else {
    record_special_symbol(entry, name, object);
  }
}

void read_tables(const ElfFile& file, const std::string& what, Object& object) {
  const auto sections = check_link(file.sections(), what);
  const auto section_names = check_link(file.getSectionStringTable(sections), what);
  for (const auto& section : sections) {
    if (section.sh_type == llvm::ELF::SHT_SYMTAB) {
      const auto names = check_link(file.getStringTableForSymtab(section, sections), what);
      for (const auto& entry : check_link(file.symbols(&section), what))
        read_symbol(entry, check_link(entry.getName(names), what), object);
    } else if (section.sh_type == llvm::ELF::SHT_PROGBITS && !(section.sh_flags & llvm::ELF::SHF_ALLOC)) {
      object.has_debug_info |= check_link(file.getSectionName(section, section_names), what) == ".debug_info";
    }
  }
}

}  // namespace

llvm::Expected<ElfFile> parse_elf(ByteView bytes) {
  const auto text = as_text(bytes);
  return ElfFile::create(llvm::StringRef(text.data(), text.size()));
}

bool is_exported(const ElfFile::Elf_Sym& symbol) {
  return symbol.getBinding() != llvm::ELF::STB_LOCAL &&
         (symbol.getVisibility() == llvm::ELF::STV_DEFAULT || symbol.getVisibility() == llvm::ELF::STV_PROTECTED);
}

Object read_object(const SharedBytes& bytes, const std::string& what) {
  if (!bytes) throw LinkFailed(what + ": there is no object");
  Object result{bytes};
  const auto text = as_text(*bytes);
  const llvm::MemoryBufferRef buffer(llvm::StringRef(text.data(), text.size()), "object");
  const auto parsed = check_link(llvm::object::ObjectFile::createELFObjectFile(buffer), what);
  const auto& file = llvm::cast<llvm::object::ELFObjectFileBase>(*parsed);
  if (file.getEType() != llvm::ELF::ET_REL) throw LinkFailed(what + ": it is not a relocatable object");
  const auto host = llvm::Triple(llvm::sys::getProcessTriple()).getArch();
  if (file.getArch() != host) {
    throw LinkFailed(what + ": it is code for " + llvm::Triple::getArchTypeName(file.getArch()).str() +
                     " and this process runs on " + llvm::Triple::getArchTypeName(host).str());
  }
  const auto* elf64 = llvm::dyn_cast<llvm::object::ELF64LEObjectFile>(&file);
  if (!elf64) throw LinkFailed(what + ": it is not a 64-bit object");
  const auto& elf = elf64->getELFFile();
  read_tables(elf, what, result);
  for (const UndefinedSymbol& symbol : result.undefined) {
    // These are of other modules; tls_layout.cpp checks the module's own.
    if (symbol.thread_local_variable && !native_tls) throw LinkFailed(what + ": " + needs_emulated_tls);
  }
  result.groups = check_link(group_sections(elf), what);
  return result;
}

}  // namespace dijitso::orc
