// In an object file, places that the linker will fill are zero, and relocations describe their future values. So each
// instruction is shown with its relocations. Tested through the tool in tests/cli/disasm_test.py.
#include "disassembly.h"

#include <llvm/ADT/StringExtras.h>
#include <llvm/BinaryFormat/ELF.h>
#include <llvm/DebugInfo/DWARF/DWARFContext.h>
#include <llvm/MC/MCAsmInfo.h>
#include <llvm/MC/MCContext.h>
#include <llvm/MC/MCDisassembler/MCDisassembler.h>
#include <llvm/MC/MCInst.h>
#include <llvm/MC/MCInstPrinter.h>
#include <llvm/MC/MCInstrInfo.h>
#include <llvm/MC/MCRegisterInfo.h>
#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/MC/MCTargetOptions.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/TargetSelect.h>

#include <algorithm>
#include <map>
#include <memory>

namespace dijitso::object_reader {
namespace {

using llvm::object::ELFSymbolRef;
using llvm::object::SectionRef;

// LLVM's disassembler for one processor. Each member needs those before it.
class Processor {
 public:
  static llvm::Expected<std::unique_ptr<Processor>> of(const Object& object) {
    llvm::InitializeAllTargetInfos();
    llvm::InitializeAllTargetMCs();
    llvm::InitializeAllDisassemblers();
    auto processor = std::make_unique<Processor>();
    const llvm::Triple triple = object.makeTriple();
    std::string fault;
    const llvm::Target* target = llvm::TargetRegistry::lookupTarget(triple, fault);
    if (!target || !processor->make(*target, triple))
      return llvm::createStringError("this LLVM cannot disassemble for " + triple.str());
    return processor;
  }

  // Returns the length of the instruction and sets its text. For invalid bytes, the text is "(bad)" and the length that
  // of a few bytes.
  std::uint64_t decode(llvm::ArrayRef<std::uint8_t> bytes, std::uint64_t address, std::string& text) {
    llvm::MCInst instruction;
    std::uint64_t size = 0;
    if (disassembler_->getInstruction(instruction, size, bytes, address, llvm::nulls()) !=
        llvm::MCDisassembler::Success) {
      text = "(bad)";
      return std::clamp<std::uint64_t>(size, 1, bytes.size());
    }
    llvm::raw_string_ostream stream(text);
    printer_->printInst(&instruction, address, "", *subtarget_, stream);
    text = llvm::StringRef(text).trim().str();
    std::ranges::replace(text, '\t', ' ');
    return std::clamp<std::uint64_t>(size, 1, bytes.size());
  }

 private:
  bool make(const llvm::Target& target, const llvm::Triple& triple) {
    // The x86 disassembler supports all instructions without this.
    const char* features = triple.isAArch64() ? "+all" : "";
    registers_.reset(target.createMCRegInfo(triple));
    if (!registers_) return false;
    assembly_.reset(target.createMCAsmInfo(*registers_, triple, options_));
    instructions_.reset(target.createMCInstrInfo());
    subtarget_.reset(target.createMCSubtargetInfo(triple, "", features));
    if (!assembly_ || !instructions_ || !subtarget_) return false;
    context_ = std::make_unique<llvm::MCContext>(triple, assembly_.get(), registers_.get(), subtarget_.get());
    disassembler_.reset(target.createMCDisassembler(*subtarget_, *context_));
    printer_.reset(
        target.createMCInstPrinter(triple, assembly_->getAssemblerDialect(), *assembly_, *instructions_, *registers_));
    if (!disassembler_ || !printer_) return false;
    printer_->setPrintImmHex(true);
    printer_->setPrintBranchImmAsAddress(true);
    return true;
  }

  llvm::MCTargetOptions options_;
  std::unique_ptr<llvm::MCRegisterInfo> registers_;
  std::unique_ptr<llvm::MCAsmInfo> assembly_;
  std::unique_ptr<llvm::MCInstrInfo> instructions_;
  std::unique_ptr<llvm::MCSubtargetInfo> subtarget_;
  std::unique_ptr<llvm::MCContext> context_;
  std::unique_ptr<llvm::MCDisassembler> disassembler_;
  std::unique_ptr<llvm::MCInstPrinter> printer_;
};

struct Function {
  std::string name;
  std::uint64_t address = 0;
  std::uint64_t size = 0;
};

// By section index; within a section sorted by address.
llvm::Expected<std::map<std::uint64_t, std::vector<Function>>> functions_of(const Object& object,
                                                                            const Wanted& wanted) {
  std::map<std::uint64_t, std::vector<Function>> functions;
  for (const ELFSymbolRef symbol : object.symbols()) {
    if (symbol.getELFType() != llvm::ELF::STT_FUNC && symbol.getELFType() != llvm::ELF::STT_GNU_IFUNC) continue;
    llvm::Expected<llvm::StringRef> name = symbol.getName();
    if (!name) return name.takeError();
    llvm::Expected<llvm::object::section_iterator> section = symbol.getSection();
    if (!section) return section.takeError();
    llvm::Expected<std::uint64_t> value = symbol.getValue();
    if (!value) return value.takeError();
    if (*section == object.section_end() || !wanted.contains(*name, demangled(*name))) continue;
    functions[(*section)->getIndex()].push_back({name->str(), *value, symbol.getSize()});
  }
  for (auto& [section, found] : functions) std::ranges::stable_sort(found, {}, &Function::address);
  return functions;
}

// Maps an offset in a section to the reference there, such as "element_value(int)-4".
using References = std::map<std::uint64_t, std::string>;

llvm::Expected<std::string> text_of(const Object& object, const llvm::object::RelocationRef& relocation) {
  const llvm::object::symbol_iterator found = relocation.getSymbol();
  std::string text;
  if (found != object.symbol_end()) {
    const ELFSymbolRef symbol(*found);
    llvm::Expected<llvm::StringRef> name = symbol.getName();
    if (!name) return name.takeError();
    text = demangled(*name);
  }
  llvm::Expected<std::int64_t> addend = llvm::object::ELFRelocationRef(relocation).getAddend();
  if (!addend) return addend.takeError();
  if (*addend == 0) return text;
  return text + (*addend > 0 ? "+" : "") + std::to_string(*addend);
}

llvm::Expected<References> references_in(const Object& object, std::uint64_t section_index) {
  References references;
  for (const SectionRef& section : object.sections()) {
    llvm::Expected<std::optional<std::uint64_t>> target = relocated_section(object, section);
    if (!target) return target.takeError();
    if (*target != section_index) continue;
    for (const llvm::object::RelocationRef& relocation : section.relocations()) {
      llvm::Expected<std::string> text = text_of(object, relocation);
      if (!text) return text.takeError();
      references.emplace(relocation.getOffset(), std::move(*text));
    }
  }
  return references;
}

// Disassembles the functions of one section.
class Section {
 public:
  Section(Processor& processor, llvm::DWARFContext& debug, std::uint64_t index, llvm::StringRef content,
          References references)
      : processor_(processor),
        debug_(debug),
        index_(index),
        content_(llvm::arrayRefFromStringRef(content)),
        references_(std::move(references)) {}

  llvm::json::Array instructions(const Function& function) {
    llvm::json::Array instructions;
    const std::uint64_t begin = std::min<std::uint64_t>(function.address, content_.size());
    const std::uint64_t end = begin + std::min<std::uint64_t>(function.size, content_.size() - begin);
    for (std::uint64_t address = begin; address < end;) {
      std::string text;
      const std::uint64_t size = processor_.decode(content_.slice(address, end - address), address, text);
      llvm::json::Object instruction{{"address", static_cast<std::int64_t>(address)},
                                     {"bytes", llvm::toHex(content_.slice(address, size), /*LowerCase=*/true)},
                                     {"text", as_json(text)}};
      add_references(instruction, address, size);
      add_line(instruction, address);
      instructions.push_back(std::move(instruction));
      address += size;
    }
    return instructions;
  }

 private:
  void add_references(llvm::json::Object& instruction, std::uint64_t address, std::uint64_t size) const {
    std::string text;
    for (auto at = references_.lower_bound(address); at != references_.end() && at->first < address + size; ++at)
      text += (text.empty() ? "" : ", ") + at->second;
    if (!text.empty()) instruction["refers_to"] = as_json(text);
  }

  void add_line(llvm::json::Object& instruction, std::uint64_t address) {
    using Lines = llvm::DILineInfoSpecifier;
    const auto line = debug_.getLineInfoForAddress(
        {address, index_}, Lines(Lines::FileLineInfoKind::AbsoluteFilePath, Lines::FunctionNameKind::None));
    if (!line || line->Line == 0) return;
    instruction["file"] = as_json(line->FileName);
    instruction["line"] = static_cast<std::int64_t>(line->Line);
  }

  Processor& processor_;
  llvm::DWARFContext& debug_;
  std::uint64_t index_;
  llvm::ArrayRef<std::uint8_t> content_;
  References references_;
};

llvm::Error disassemble_section(const Object& object, const SectionRef& section, const std::vector<Function>& functions,
                                Processor& processor, llvm::DWARFContext& debug, llvm::json::Array& result) {
  llvm::Expected<llvm::StringRef> name = section.getName();
  if (!name) return name.takeError();
  llvm::Expected<llvm::StringRef> content = section.getContents();
  if (!content) return content.takeError();
  llvm::Expected<References> references = references_in(object, section.getIndex());
  if (!references) return references.takeError();
  Section reader(processor, debug, section.getIndex(), *content, std::move(*references));
  for (const Function& function : functions)
    result.push_back(llvm::json::Object{{"name", as_json(function.name)},
                                        {"demangled", as_json(demangled(function.name))},
                                        {"section", as_json(*name)},
                                        {"address", static_cast<std::int64_t>(function.address)},
                                        {"size", static_cast<std::int64_t>(function.size)},
                                        {"instructions", reader.instructions(function)}});
  return llvm::Error::success();
}

}  // namespace

llvm::Expected<llvm::json::Array> disassemble(const Object& object, const Wanted& wanted) {
  llvm::json::Array result;
  llvm::Expected<std::map<std::uint64_t, std::vector<Function>>> functions = functions_of(object, wanted);
  if (!functions) return functions.takeError();
  if (functions->empty()) return result;
  llvm::Expected<std::unique_ptr<Processor>> processor = Processor::of(object);
  if (!processor) return processor.takeError();
  // With damaged debug information, only the line numbers are missing.
  const auto ignore = [](llvm::Error error) { llvm::consumeError(std::move(error)); };
  const auto debug = llvm::DWARFContext::create(object, llvm::DWARFContext::ProcessDebugRelocations::Process, nullptr,
                                                "", ignore, ignore);
  for (const SectionRef& section : object.sections()) {
    const auto found = functions->find(section.getIndex());
    if (found == functions->end()) continue;
    if (llvm::Error error = disassemble_section(object, section, found->second, **processor, *debug, result))
      return error;
  }
  return result;
}

}  // namespace dijitso::object_reader
