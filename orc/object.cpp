// Reads the object with LLVM's ELF reader. The bytes were verified when they came from disk or from another process. So
// this code need not handle damaged objects; it only refuses other kinds of files. Tested in
// unittests/orc/session_test.cpp.
#include "orc/object.h"

#include "llvm-config/error.h"
#include "orc/prepare_sections.h"
#include "orc/special_symbols.h"
#include "orc/tls.h"
#include "orc/tls_relocations.h"

#include <llvm/Object/ELFObjectFile.h>
#include <llvm/TargetParser/Host.h>
#include <llvm/TargetParser/Triple.h>

namespace dijitso::orc {

namespace {

using llvm_config::check_link;
using Elf = llvm::object::ELF64LE;

void read_symbol(Elf::Sym& entry, llvm::StringRef name, Object& object) {
  if (name.empty()) return;
  if (entry.isUndefined()) {
    object.undefined.push_back(
        {name.str(), entry.getBinding() == llvm::ELF::STB_WEAK, entry.getType() == llvm::ELF::STT_TLS});
  } else {
    take_special_symbol(entry, name, object);
  }
}

void read_symbols(const llvm::object::ELFFile<Elf>& file, const std::string& what, Object& object) {
  const auto sections = check_link(file.sections(), what);
  for (const auto& table : sections) {
    if (table.sh_type != llvm::ELF::SHT_SYMTAB) continue;
    const auto names = check_link(file.getStringTableForSymtab(table, sections), what);
    for (const auto& entry : check_link(file.symbols(&table), what))
      read_symbol(const_cast<Elf::Sym&>(entry), check_link(entry.getName(names), what), object);
  }
}

}  // namespace

Object read_object(const SharedBytes& bytes, const std::string& what) {
  if (!bytes) throw LinkFailed(what + ": there is no object");
  Object result{bytes, *bytes};
  const auto text = as_text(result.bytes);
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
  read_symbols(elf, what, result);
  for (const UndefinedSymbol& symbol : result.undefined) {
    // These are of other modules; tls_layout.cpp checks the module's own.
    if (symbol.thread_local_variable && !native_tls) throw LinkFailed(what + ": " + needs_emulated_tls);
  }
  check_link(rewrite_local_dynamic(elf), what);
  check_link(prepare_sections(elf, result), what);
  return result;
}

}  // namespace dijitso::orc
