// Tested through the tool in tests/cli/symbols_test.py and disasm_test.py.
#include "names.h"

#include <llvm/Demangle/Demangle.h>

#include <cstdlib>
#include <memory>

namespace dijitso::object_reader {
namespace {

struct Free {
  void operator()(char* text) const { std::free(text); }
};

// Returns "Form::evaluate" for "_ZN4Form8evaluateEi"; empty when it is not a C++ function.
std::string function_name(llvm::StringRef mangled) {
  const std::string text = mangled.str();  // the demangler keeps a pointer to it
  llvm::ItaniumPartialDemangler demangler;
  if (demangler.partialDemangle(text.c_str()) || !demangler.isFunction()) return "";
  const std::unique_ptr<char, Free> name(demangler.getFunctionName(nullptr, nullptr));
  return name ? name.get() : "";
}

}  // namespace

std::string demangled(llvm::StringRef name) { return llvm::demangle(name); }

Wanted Wanted::name(std::string text) {
  Wanted wanted;
  wanted.name_ = std::move(text);
  return wanted;
}

Wanted Wanted::regex(std::string text) {
  Wanted wanted;
  wanted.regex_.emplace(text);
  return wanted;
}

std::optional<std::string> Wanted::fault() const {
  std::string reason;
  if (!regex_ || regex_->isValid(reason)) return std::nullopt;
  return reason;
}

bool Wanted::contains(llvm::StringRef mangled, llvm::StringRef demangled) const {
  if (regex_) return regex_->match(mangled) || regex_->match(demangled);
  if (!name_ || mangled == *name_ || demangled == *name_) return true;
  if (demangled.find(*name_) == llvm::StringRef::npos) return false;
  const std::string function = function_name(mangled);
  return function == *name_ || llvm::StringRef(function).ends_with("::" + *name_);
}

}  // namespace dijitso::object_reader
