// Names of symbols as compilers write them and as people do.
#pragma once

#include <llvm/ADT/StringRef.h>
#include <llvm/Support/Regex.h>

#include <optional>
#include <string>

namespace dijitso::object_reader {

// "element_value(int)" for "_Z13element_valuei"; a name that is not mangled is itself.
std::string demangled(llvm::StringRef name);

// Which symbols are asked for: all, those of a name, or those that a regular expression matches somewhere.
class Wanted {
 public:
  static Wanted all() { return {}; }

  // A name is whole: mangled, demangled, or demangled without its parameters, and then also without the namespaces and
  // classes before it.
  static Wanted name(std::string text);

  // A POSIX extended regular expression. The reason when it is none.
  static Wanted regex(std::string text);
  std::optional<std::string> fault() const;

  bool contains(llvm::StringRef mangled, llvm::StringRef demangled) const;

 private:
  std::optional<std::string> name_;
  std::optional<llvm::Regex> regex_;
};

}  // namespace dijitso::object_reader
