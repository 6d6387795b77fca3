// Which words are values of the word before them decides what is an input, and that is all that dijitso-cc must know of
// an option that it only passes on. Tested in unittests/cc/option_table_test.cpp.

#include "cc/option_table.h"

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

}  // namespace dijitso::cc
