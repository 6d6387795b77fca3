// The options of gcc's command line that dijitso-cc acts on itself, and those whose value is the next word. All others
// are passed on to Clang as they are.
//
// Pure. A unit test compares the table with Clang's own (unittests/compile/option_words_test.cpp).
#pragma once

#include <string_view>
#include <vector>

namespace dijitso::cc {

// Where the value of an option is.
enum class Form {
  flag,      // it has none
  joined,    // in the same word
  separate,  // in the next word
  either,    // in the same word, or in the next one when that has only the name
};

// What an option is for.
enum class Use {
  common,      // for the compile and for the link
  compile,     // for the compile, and steps before it
  link,        // for the link only
  stop,        // selects the last step: -c, -S, -E, -M, -MM, -fsyntax-only
  output,      // -o
  language,    // -x
  dependency,  // -MD and the like
  preprocess,  // -Wp,
  shown,       // the command is shown or prints more: the cache is not used
  question,    // answered, and nothing is compiled
  ignored,     // left out, with a warning
  silent,      // left out: it says what is done anyway
  refused,
};

struct Option {
  std::string_view name;
  Form form;
  Use use;
  std::string_view help;  // for a refused or an ignored option, the reason; empty when --help need not show it
};

const std::vector<Option>& option_table();

// The option that a word begins; nullptr for inputs and for options that need no attention.
const Option* find_option(std::string_view word);

}  // namespace dijitso::cc
