// Converts and compares mangled and demangled symbol names.
#pragma once

#include <llvm/ADT/StringRef.h>
#include <llvm/Support/Regex.h>

#include <optional>
#include <string>

namespace dijitso::object_reader {

// Returns "element_value(int)" for "_Z13element_valuei"; returns a name that is not mangled unchanged.
std::string demangled(llvm::StringRef name);

// Selects symbols: all, those with a name, or those that a regular expression matches somewhere.
class Wanted {
 public:
  static Wanted all() { return {}; }

  // A name must match completely: the mangled name, the demangled name, or the demangled name without parameters and
  // optionally without its namespaces and classes.
  static Wanted name(std::string text);

  // A POSIX extended regular expression. fault() returns the error when it is invalid.
  static Wanted regex(std::string text);
  std::optional<std::string> fault() const;

  bool contains(llvm::StringRef mangled, llvm::StringRef demangled) const;

 private:
  std::optional<std::string> name_;
  std::optional<llvm::Regex> regex_;
};

}  // namespace dijitso::object_reader
