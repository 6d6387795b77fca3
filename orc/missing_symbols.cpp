// An example of the message: module 'A' needs 'f(int)', which none of its dependencies (B, C), its libraries (m) or the
// process defines; 'D' does: name it as a dependency. Tested in unittests/orc/missing_symbols_test.cpp.
#include "orc/missing_symbols.h"

#include <algorithm>

namespace dijitso::orc {

namespace {

// The message shows only the first names; the exception contains all.
constexpr std::size_t shown_symbols = 10;

std::string join(const std::vector<std::string>& parts, const std::string& last_separator) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) text += i + 1 == parts.size() ? last_separator : ", ";
    text += parts[i];
  }
  return text;
}

std::string searched(const std::vector<std::string>& dependencies, const std::vector<std::string>& libs) {
  if (dependencies.empty() && libs.empty()) {
    return "the process does not define, and it names no dependencies and no libraries";
  }
  std::vector<std::string> places;
  if (!dependencies.empty()) places.push_back("its dependencies (" + join(dependencies, ", ") + ")");
  if (!libs.empty()) places.push_back("its libraries (" + join(libs, ", ") + ")");
  places.push_back("the process");
  return "none of " + join(places, " or ") + " defines";
}

std::string hint(const std::vector<MissingSymbol>& symbols) {
  const auto known = std::find_if(symbols.begin(), symbols.end(), [](const auto& s) { return s.provider; });
  if (known == symbols.end()) return "";
  const std::string does = symbols.size() == 1 ? "' does" : "' defines '" + known->name + "'";
  return "; '" + *known->provider + does + ": name it as a dependency";
}

}  // namespace

LinkFailed missing_symbols(const std::string& module, const std::vector<MissingSymbol>& symbols,
                           const std::vector<std::string>& dependencies, const std::vector<std::string>& libs) {
  std::vector<std::string> names;
  for (const auto& symbol : symbols) names.push_back(symbol.name);
  std::vector<std::string> shown;
  for (std::size_t i = 0; i < std::min(shown_symbols, names.size()); ++i) shown.push_back("'" + names[i] + "'");
  if (names.size() > shown_symbols) shown.push_back(std::to_string(names.size() - shown_symbols) + " more");
  return {"module '" + module + "' needs " + join(shown, " and ") + ", which " + searched(dependencies, libs) +
              hint(symbols),
          names};
}

}  // namespace dijitso::orc
