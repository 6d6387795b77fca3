// Parses lines "name value", where a value may be a dictionary written by signatures::canonicalize_params_for_hashing.
// Tested in unittests/cmdline/key_text_test.cpp.
#include "cmdline/objects/key_text.h"

#include "params/convert.h"

#include <dijitso/params.h>

#include <charconv>
#include <optional>

namespace dijitso::cmdline {
namespace {

class TextCursor {
 public:
  explicit TextCursor(std::string_view text) : rest_(text) {}

  std::string_view rest() const { return rest_; }

  // Reads `text`; false, without reading anything, when the rest does not begin with it.
  bool skip(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }

  // Reads up to `end`, and returns the text before it.
  std::optional<std::string_view> until(char end) {
    const std::size_t size = rest_.find(end);
    if (size == std::string_view::npos) return std::nullopt;
    const std::string_view text = rest_.substr(0, size);
    rest_.remove_prefix(size + 1);
    return text;
  }

  std::optional<std::size_t> number(char end) {
    const auto digits = until(end);
    std::size_t number = 0;
    if (!digits || std::from_chars(digits->begin(), digits->end(), number).ptr != digits->end()) return std::nullopt;
    return number;
  }

  // Reads a text with its length in front: "4:text".
  std::optional<std::string> counted() {
    const auto size = number(':');
    if (!size || *size > rest_.size()) return std::nullopt;
    std::string text(rest_.substr(0, *size));
    rest_.remove_prefix(*size);
    return text;
  }

  // Reads a value and the newline after it.
  std::optional<Value> value() {
    if (skip("text ")) return ended(counted());
    if (skip("list ")) return list();
    // Numbers, booleans and "none" are taken as they are written.
    for (const char* type : {"int ", "real "}) skip(type);
    const auto word = until('\n');
    if (!word) return std::nullopt;
    return *word == "none" ? Value() : Value(std::string(*word));
  }

 private:
  std::optional<Value> ended(std::optional<std::string> text) {
    if (!text || !skip("\n")) return std::nullopt;
    return Value(std::move(*text));
  }

  std::optional<Value> list() {
    const std::size_t end = std::min(rest_.find_first_of(" \n"), rest_.size());
    std::size_t size = 0;
    if (std::from_chars(rest_.data(), rest_.data() + end, size).ptr != rest_.data() + end) return std::nullopt;
    rest_.remove_prefix(end);
    std::vector<std::string> words;
    for (; size > 0; --size) {
      std::optional<std::string> word = skip(" ") ? counted() : std::nullopt;
      if (!word) return std::nullopt;
      words.push_back(std::move(*word));
    }
    if (!skip("\n")) return std::nullopt;
    return Value(std::move(words));
  }

  std::string_view rest_;
};

// Reads the members of a dictionary; a member with an empty name gets the name of the dictionary. False when malformed.
bool read_members(TextCursor& reader, const std::string& name, KeyComponents& components) {
  const auto count = reader.number('\n');
  if (!count) return false;
  for (std::size_t i = 0; i < *count; ++i) {
    const auto member = reader.counted();
    if (!member || !reader.skip(" = ")) return false;
    const auto value = reader.value();
    if (!value) return false;
    components.emplace_back(member->empty() ? name : name + "." + *member, params::to_text(*value));
  }
  return reader.skip("\n");
}

bool read_component(TextCursor& reader, KeyComponents& components) {
  const auto name = reader.until(' ');
  if (!name) return false;
  if (reader.skip("dict ")) return read_members(reader, std::string(*name), components);
  const auto value = reader.until('\n');
  if (value) components.emplace_back(*name, *value);
  return value.has_value();
}

}  // namespace

KeyComponents key_components(std::string_view request) {
  TextCursor reader(request);
  KeyComponents components;
  reader.skip("dijitso request\n");
  while (!reader.rest().empty()) {
    const std::string_view before = reader.rest();
    if (read_component(reader, components)) continue;
    components.emplace_back("?", before);
    break;
  }
  return components;
}

}  // namespace dijitso::cmdline
