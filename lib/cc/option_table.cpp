// Which words are values of the word before them decides what is an input, and that is all that dijitso-cc must know of
// an option that it only passes on. Tested in unittests/cc/option_table_test.cpp.

#include "cc/option_table.h"

#include <algorithm>

namespace dijitso::cc {
namespace {

// A word that only begins like an option with a joined value, but is another option: -object, -load, -exported_symbol.
bool fits(const Option& option, std::string_view word) {
  if (word == option.name) return true;
  return word.starts_with(option.name) && (option.form == Form::joined || option.form == Form::either);
}

}  // namespace

const std::vector<Option>& option_table() {
  static const std::vector<Option>& table = *new std::vector<Option>{
  // never destroyed
#include "cc/option_table.inc"
  };
  return table;
}

const Option* find_option(std::string_view word) {
  if (word.size() < 2 || word.front() != '-') return nullptr;
  const Option* best = nullptr;
  for (const Option& option : option_table())
    if (fits(option, word) && (!best || option.name.size() > best->name.size())) best = &option;
  return best;
}

std::string help_text(std::string_view program) {
  std::string text =
      "Usage: " + std::string(program) +
      " [options] file...\n\n"
      "Compiles and links C and C++ in one process, with Clang and lld, and keeps objects in the cache of\n"
      "dijitso. Options are those of gcc; what is not listed here is passed on to Clang.\n\n";
  for (const Option& option : option_table()) {
    if (option.help.empty() || option.use == Use::refused || option.use == Use::ignored) continue;
    std::string name(option.name);
    if (option.form == Form::separate || option.form == Form::either) name += " <value>";
    name.resize(std::max<std::size_t>(name.size() + 1, 20), ' ');
    text += "  " + name + std::string(option.help) + "\n";
  }
  return text + "\nDIJITSO_CC_FALLBACK names a compiler that is started for command lines that are refused here.\n";
}

}  // namespace dijitso::cc
