// Converts every value once before it is stored in the typed parameters. Tested in unittests/params/convert_test.cpp.
#include "params/convert.h"

#include "params/nearest.h"
#include "params/paths.h"
#include "support/number.h"

#include <dijitso/error.h>

#include <algorithm>
#include <cctype>

namespace dijitso::params {
namespace {

constexpr std::string_view white_space = " \t\r\n\f\v";
constexpr std::string_view expected_bool = "true or false (also yes/no, on/off, 1/0)";

std::string shortened(std::string_view text) {
  constexpr std::size_t longest = 100;
  return text.size() <= longest ? std::string(text) : std::string(text.substr(0, longest)) + "...";
}

// Describes a value, for example "the number 3".
std::string in_words(const Value& value) {
  const std::string text = shortened(to_text(value));
  switch (value.index()) {
    case 0:
      return "None";
    case 1:
      return "the boolean " + text;
    case 2:
      return "the number " + text;
    case 3:
      return "the real number " + text;
    case 4:
      return "the text '" + shortened(std::get<std::string>(value)) + "'";
    default:
      return "the list [" + text + "]";
  }
}

[[noreturn]] void reject(const Parameter& parameter, std::string_view origin, std::string_view expected,
                         const Value& given) {
  throw InvalidArgument("parameter '" + parameter.full_name() + "' (" + std::string(origin) + ") must be " +
                        std::string(expected) + ", not " + in_words(given));
}

std::string in_range(const Parameter& parameter) { return "an integer from 0 to " + std::to_string(parameter.maximum); }

std::string one_of(const std::vector<std::string_view>& allowed) {
  std::string text = "one of";
  for (const auto& word : allowed) text += (&word == &allowed.front() ? " " : ", ") + std::string(word);
  return text;
}

std::string_view expected_type(const Parameter& parameter) {
  switch (parameter.type) {
    case Type::boolean:
      return expected_bool;
    case Type::integer:
      return "an integer";
    case Type::list:
      return "a list of texts";
    default:
      return "a text";
  }
}

// Whether the parameter can be empty. If not, an empty text in a file or variable means "not given".
bool may_be_empty(const Parameter& parameter) {
  if (parameter.type == Type::list) return true;
  return parameter.type == Type::text && parameter.allowed.empty() &&
         (parameter.rule == Rule::any || parameter.rule == Rule::name_part);
}

Value with_home(const Parameter& parameter, Value value) {
  if (parameter.rule != Rule::directory) return value;
  if (auto* text = std::get_if<std::string>(&value)) *text = expand_home(*text);
  if (auto* list = std::get_if<std::vector<std::string>>(&value)) {
    for (auto& text : *list) text = expand_home(text);
  }
  return value;
}

void check_text(const Parameter& parameter, const std::string& text, const Value& whole, std::string_view origin) {
  const bool of_list = parameter.type == Type::list;
  const auto expect = [&](bool holds, std::string_view expected) {
    if (!holds) reject(parameter, origin, (of_list ? "a list of texts, each " : "") + std::string(expected), whole);
  };
  expect(text.find('\0') == std::string::npos, "a text without NUL characters");
  if (parameter.rule == Rule::directory) expect(!text.empty(), "a directory name that is not empty");
  if (parameter.rule == Rule::word) expect(!text.empty(), "a text that is not empty");
  if (parameter.rule == Rule::name_part)
    expect(text.find('/') == std::string::npos, "a part of a file name without '/'");
  const auto& allowed = parameter.allowed;
  expect(allowed.empty() || std::find(allowed.begin(), allowed.end(), text) != allowed.end(), one_of(allowed));
}

std::string quoted(std::string_view word) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";
  if (!word.empty() && word.find_first_not_of(plain) == std::string_view::npos) return std::string(word);
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

}  // namespace

std::optional<bool> parse_bool(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  for (const auto* word : {"true", "yes", "on", "1"}) {
    if (lower == word) return true;
  }
  for (const auto* word : {"false", "no", "off", "0"}) {
    if (lower == word) return false;
  }
  return std::nullopt;
}

std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  bool in_word = false;
  char quote = 0;  // the open quote, or 0
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool is_white = white_space.find(c) != std::string_view::npos;
    if (!quote && is_white) {
      if (in_word) words.push_back(std::move(word));
      word.clear();
      in_word = false;
      continue;
    }
    in_word = true;
    if (c == quote) {
      quote = 0;
    } else if (!quote && (c == '\'' || c == '"')) {
      quote = c;
    } else if (c == '\\' && quote != '\'') {
      if (i + 1 == text.size()) throw InvalidArgument("a backslash at the end");
      const char next = text[++i];
      if (quote && next != '"' && next != '\\') word += c;  // between double quotes, only these two can be escaped
      word += next;
    } else {
      word += c;
    }
  }
  if (quote) throw InvalidArgument(std::string("a quote ") + quote + " that is not closed");
  if (in_word) words.push_back(std::move(word));
  return words;
}

std::string to_text(const Value& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* real = std::get_if<double>(&value)) {
    char buffer[32];
    return std::string(buffer, std::to_chars(buffer, buffer + sizeof buffer, *real).ptr);
  }
  std::string text;
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
    for (const auto& word : *list) text += (text.empty() ? "" : " ") + quoted(word);
  }
  return text;
}

void check_value(const Parameter& parameter, const Value& value, std::string_view origin) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    if (*number < 0 || *number > parameter.maximum) reject(parameter, origin, in_range(parameter), value);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    check_text(parameter, *text, value, origin);
  } else if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
    for (const auto& item : *list) check_text(parameter, item, value, origin);
  }
}

Value parse_value(const Parameter& parameter, std::string_view text, std::string_view origin) {
  if (text.empty() && !may_be_empty(parameter)) return {};
  Value value = std::string(text);
  if (parameter.type == Type::integer) {
    std::int64_t number = 0;
    if (!parse_number(text, number)) reject(parameter, origin, in_range(parameter), value);
    value = number;
  } else if (parameter.type == Type::list) {
    try {
      value = split_words(text);
    } catch (const InvalidArgument& error) {
      reject(parameter, origin, std::string("a list as in a shell, without ") + error.what(), value);
    }
  }
  return convert_value(parameter, value, origin);
}

Value convert_value(const Parameter& parameter, const Value& given, std::string_view origin) {
  if (given.is_none()) return {};
  const auto* text = std::get_if<std::string>(&given);
  Value value = given;
  bool fits = false;
  switch (parameter.type) {
    case Type::boolean:
      if (const auto flag = text ? parse_bool(*text) : std::nullopt) value = *flag;
      fits = std::holds_alternative<bool>(value);
      break;
    case Type::integer:
      fits = std::holds_alternative<std::int64_t>(value);
      break;
    case Type::text:
    case Type::optional_text:
      fits = text != nullptr;
      break;
    case Type::list:
      if (text) value = std::vector<std::string>{*text};
      fits = std::holds_alternative<std::vector<std::string>>(value);
      break;
  }
  if (!fits) reject(parameter, origin, expected_type(parameter), given);
  value = with_home(parameter, std::move(value));
  check_value(parameter, value, origin);
  return value;
}

std::string unknown_parameter(std::string_view category, std::string_view name, std::string_view origin,
                              const std::vector<std::string>& valid) {
  const std::string full_name = std::string(category) + '.' + std::string(name);
  const std::string suggestion = nearest(full_name, valid);
  return "unknown parameter '" + shortened(full_name) + "' (" + std::string(origin) + ")" +
         (suggestion.empty() ? "" : ": the nearest valid name is '" + suggestion + "'");
}

std::string unknown_category(std::string_view category, std::string_view origin,
                             const std::vector<std::string>& valid) {
  const std::string suggestion = nearest(category, valid);
  return "unknown category of parameters '" + shortened(category) + "' (" + std::string(origin) + ")" +
         (suggestion.empty() ? "" : ": the nearest valid name is '" + suggestion + "'");
}

const Parameter* require_parameter(std::string_view category, std::string_view name, std::string_view origin) {
  require_category(category, origin);
  if (category == "generator") return nullptr;
  if (const Parameter* parameter = find_parameter(category, name)) return parameter;
  std::vector<std::string> valid;
  for (const auto& parameter : parameters()) valid.push_back(parameter.full_name());
  throw InvalidArgument(unknown_parameter(category, name, origin, valid));
}

void require_category(std::string_view category, std::string_view origin) {
  const std::vector<std::string> valid{"cache", "build", "generator"};
  if (std::find(valid.begin(), valid.end(), category) == valid.end())
    throw InvalidArgument(unknown_category(category, origin, valid));
}

// The documented functions as_bool and as_str_tuple of <dijitso/params.h>.

bool as_bool(const Value& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag;
  const auto* text = std::get_if<std::string>(&value);
  if (const auto flag = text ? parse_bool(*text) : std::nullopt) return *flag;
  throw InvalidArgument("expected " + std::string(expected_bool) + ", not " + in_words(value));
}

std::vector<std::string> as_str_tuple(const Value& p) {
  if (const auto* list = std::get_if<std::vector<std::string>>(&p)) return *list;
  if (const auto* text = std::get_if<std::string>(&p)) return {*text};
  throw InvalidArgument("expected a list of texts or a single text, not " + in_words(p));
}

}  // namespace dijitso::params
