// The table of dijitso-cc against Clang's: which options take the next word decides what is an input.
#include "cc/option_table.h"

#include <clang/Options/Options.h>
#include <llvm/Option/OptTable.h>
#include <llvm/Option/Option.h>

#include <catch2/catch.hpp>
#include <string>

using dijitso::cc::Form;
using llvm::opt::Option;

TEST_CASE("the table of compiler commands knows all options whose value is the next word, and takes no others") {
  const llvm::opt::OptTable& table = clang::getDriverOptTable();
  std::string faults;
  for (unsigned i = 1; i <= table.getNumOptions(); ++i) {
    const Option option = table.getOption(i);
    if (!option.isValid() || !option.hasVisibilityFlag(clang::options::ClangOption)) continue;
    const std::string name = option.getPrefixedName().str();
    const bool separate = option.getKind() == Option::SeparateClass;
    const bool either = option.getKind() == Option::JoinedOrSeparateClass;
    const dijitso::cc::Option* known = dijitso::cc::find_option(name);
    if (!name.starts_with('-')) continue;
    if ((separate || either) && (!known || known->name != name)) faults += "\nmissing: " + name;
    if (!known || known->name != name) continue;
    if ((known->form == Form::separate) != separate || (known->form == Form::either) != either)
      faults += "\nanother form: " + name;
  }
  CHECK(faults == "");
}
