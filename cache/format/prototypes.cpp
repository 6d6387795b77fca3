// Lines of fields between tabs. Structures keep their numbers, so a malformed one leaves an empty one. Tested in
// unittests/cache/prototypes_test.cpp.
#include "cache/format/prototypes.h"

#include "support/number.h"
#include "support/split.h"

#include <dijitso/error.h>

#include <optional>

namespace dijitso::cache {
namespace {

using Fields = std::vector<std::string_view>;

std::optional<Prototype> read_function(const Fields& fields) {
  if (fields.size() < 5) return std::nullopt;
  Prototype function{.kind = Prototype::Kind::function,
                     .name = std::string(fields[1]),
                     .symbol = std::string(fields[2]),
                     .declaration = std::string(fields[3]),
                     .type = std::string(fields[4])};
  function.is_variadic = fields.size() > 5 && fields.back() == "...";
  function.parameters.assign(fields.begin() + 5, fields.end() - (function.is_variadic ? 1 : 0));
  return function;
}

std::optional<Prototype> read_variable(const Fields& fields) {
  if (fields.size() != 5) return std::nullopt;
  return Prototype{.kind = Prototype::Kind::variable,
                   .name = std::string(fields[1]),
                   .symbol = std::string(fields[2]),
                   .declaration = std::string(fields[3]),
                   .type = std::string(fields[4])};
}

Structure read_structure(const Fields& fields) {
  if (fields.size() < 3) return {};
  Structure structure{.name = std::string(fields[1])};
  if (!parse_number(fields[2], structure.size)) return {};
  for (std::size_t i = 3; i < fields.size(); ++i) {
    const Fields parts = split(fields[i], ' ');
    std::size_t offset = 0;
    if (parts.size() != 3 || !parse_number(parts[1], offset)) return {};
    structure.fields.push_back({std::string(parts[0]), offset, std::string(parts[2])});
  }
  return structure;
}

}  // namespace

Prototypes read_prototypes(std::string_view text) {
  Prototypes result;
  for (const std::string_view line : split(text, '\n')) {
    const Fields fields = split(line, '\t');
    std::optional<Prototype> found;
    if (fields[0] == "function") found = read_function(fields);
    if (fields[0] == "variable") found = read_variable(fields);
    if (fields[0] == "struct") result.structures.push_back(read_structure(fields));
    if (found) result.exports.push_back(std::move(*found));
  }
  return result;
}

}  // namespace dijitso::cache

namespace dijitso {

const Prototype* Prototypes::find(std::string_view name) const {
  std::vector<const Prototype*> named;
  for (const Prototype& one : exports) {
    if (one.symbol == name) return &one;
    if (one.name == name) named.push_back(&one);
  }
  if (named.size() < 2) return named.empty() ? nullptr : named.front();
  std::string list;
  for (const Prototype* one : named) list += "\n  " + one->symbol + " is " + one->declaration;
  throw LinkFailed("'" + std::string(name) + "' is overloaded: take one of these by its linker name:" + list);
}

}  // namespace dijitso
