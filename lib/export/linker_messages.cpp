#include "export/linker_messages.h"

#include "support/split.h"

#include <algorithm>
#include <array>

namespace dijitso::exporter {

std::vector<std::string> undefined_symbols(std::string_view messages) {
  // For "undefined hidden symbol: f()" the module itself declares that no other library may define it.
  constexpr std::array<std::string_view, 4> beginnings = {
      "error: undefined symbol: ", "error: undefined hidden symbol: ", "error: undefined protected symbol: ",
      "error: undefined internal symbol: "};
  std::vector<std::string> names;
  for (const std::string_view line : split(messages, '\n'))
    for (const std::string_view beginning : beginnings) {
      const std::size_t found = line.find(beginning);
      if (found == line.npos) continue;
      std::string name(line.substr(found + beginning.size()));
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
    }
  return names;
}

std::set<std::string, std::less<>> defined_symbols(std::string_view messages) {
  constexpr std::array<std::string_view, 3> places = {": definition of ", ": shared definition of ",
                                                      ": common definition of "};
  std::set<std::string, std::less<>> names;
  for (const std::string_view line : split(messages, '\n'))
    for (const std::string_view place : places)
      if (const std::size_t found = line.find(place); found != line.npos)
        names.emplace(line.substr(found + place.size()));
  return names;
}

bool is_python_symbol(std::string_view name) { return name.starts_with("Py") || name.starts_with("_Py"); }

}  // namespace dijitso::exporter
