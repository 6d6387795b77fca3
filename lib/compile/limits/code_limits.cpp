// The assembler reads inline assembly in the middle of code generation, where nothing can stop it: .incbin of a FIFO
// waits forever, and a large .fill or .rept takes all memory. So the text is checked before. Directives that read a
// file are refused (the cache could not watch that file), and so are the assembler's macros, which can build any
// directive. Sizes and repeat counts must be plain numbers, which are added up. Directives for debug information are
// refused too: the assembler keeps a table as long as the largest file number, and some CodeView directives end the
// process. Tested in unittests/compile/code_limits_test.cpp.

#include "compile/limits/code_limits.h"

#include <llvm/ADT/StringExtras.h>
#include <llvm/ADT/StringSwitch.h>
#include <llvm/IR/DataLayout.h>
#include <llvm/IR/InlineAsm.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/InstrTypes.h>

#include <algorithm>
#include <limits>

namespace dijitso::compilation {
namespace {

enum class Directive { other, reads, expands, fills, describes };

Directive kind_of(llvm::StringRef name, llvm::StringRef arguments) {
  if (name.starts_with_insensitive("cv_")) return Directive::describes;
  if (name.equals_insensitive("file") && !arguments.take_while(llvm::isDigit).empty()) return Directive::describes;
  return llvm::StringSwitch<Directive>(name.lower())
      .Cases({"incbin", "include"}, Directive::reads)
      .Cases({"macro", "altmacro", "irp", "irpc"}, Directive::expands)
      .Cases({"rept",     "rep",      "fill",   "space",   "skip",    "zero",
              "org",      "align",    "balign", "balignw", "balignl", "p2align",
              "p2alignw", "p2alignl", "ds",     "ds.b",    "ds.d",    "ds.l",
              "ds.p",     "ds.s",     "ds.w",   "ds.x",    "dcb",     "dcb.b",
              "dcb.d",    "dcb.l",    "dcb.s",  "dcb.w",   "dcb.x",   "bundle_align_mode",
              "nops"},
             Directive::fills)
      .Default(Directive::other);
}

bool is_part_of_name(char c) { return llvm::isAlnum(c) || c == '_' || c == '.' || c == '$'; }

std::uint64_t saturated_sum(std::uint64_t a, std::uint64_t b) {
  return a > std::numeric_limits<std::uint64_t>::max() - b ? std::numeric_limits<std::uint64_t>::max() : a + b;
}

// Adds up the numbers that follow a directive on its line. Returns false when something else than a number is there.
bool add_numbers(llvm::StringRef arguments, std::uint64_t& bytes) {
  while (!(arguments = arguments.ltrim(" \t,-+")).empty()) {
    std::uint64_t number = 0;
    if (arguments.consumeInteger(0, number)) return false;
    bytes = saturated_sum(bytes, number);
  }
  return true;
}

std::string quoted(llvm::StringRef name) { return "'." + name.str() + "' in inline assembly "; }

}  // namespace

std::string reason_to_refuse_assembly(llvm::StringRef text, std::uint64_t& bytes) {
  for (std::size_t at = text.find('.'); at != text.npos; at = text.find('.', at + 1)) {
    if (at > 0 && is_part_of_name(text[at - 1])) continue;
    const llvm::StringRef rest = text.substr(at + 1);
    const llvm::StringRef name = rest.take_while(is_part_of_name);
    const llvm::StringRef line = rest.substr(name.size()).split('\n').first;
    const llvm::StringRef arguments =
        line.substr(0, std::min({line.find(';'), line.find('#'), line.find("//")})).ltrim();
    switch (kind_of(name, arguments)) {
      case Directive::other:
        break;
      case Directive::reads:
        return quoted(name) + "is refused: it would read a file that the cache cannot watch; use #embed or #include";
      case Directive::expands:
        return quoted(name) + "is refused: macros of the assembler may expand without end; write out their expansion";
      case Directive::fills:
        if (!add_numbers(arguments, bytes)) return quoted(name) + "is refused: its size must be given in plain numbers";
        if (bytes > largest_data)
          return quoted(name) + "is refused: it asks for more than " + std::to_string(largest_data) + " bytes";
        break;
      case Directive::describes:
        return quoted(name) + "is refused: it describes debug information, which the compiler writes by itself (-g)";
    }
  }
  return "";
}

namespace {

std::string reason_in_assembly(const llvm::Module& module) {
  std::uint64_t bytes = 0;
  std::string reason = reason_to_refuse_assembly(module.getModuleInlineAsm(), bytes);
  for (const llvm::Function& function : module)
    for (const llvm::Instruction& instruction : llvm::instructions(function)) {
      const auto* call = llvm::dyn_cast<llvm::CallBase>(&instruction);
      const auto* assembly = call ? llvm::dyn_cast<llvm::InlineAsm>(call->getCalledOperand()) : nullptr;
      if (assembly && reason.empty()) reason = reason_to_refuse_assembly(assembly->getAsmString(), bytes);
    }
  return reason;
}

}  // namespace

std::string reason_to_refuse_code(const llvm::Module& module) {
  std::uint64_t bytes = 0;
  for (const llvm::GlobalVariable& variable : module.globals()) {
    if (!variable.hasInitializer() || variable.getInitializer()->isNullValue()) continue;
    bytes = saturated_sum(bytes, module.getDataLayout().getTypeAllocSize(variable.getValueType()).getFixedValue());
    bytes = saturated_sum(bytes, variable.getAlign().valueOrOne().value());
  }
  for (const llvm::Function& function : module)
    bytes = saturated_sum(bytes, function.isDeclaration() ? 0 : function.getAlign().valueOrOne().value());
  if (bytes > largest_data)
    return "its initialised data has more than " + std::to_string(largest_data) + " bytes: initialise it at run time";
  return reason_in_assembly(module);
}

}  // namespace dijitso::compilation
