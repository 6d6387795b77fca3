// From what people write to values of the right type, with errors that say what was expected and what was given.
// Pure but for "~", which reads the environment. Errors: InvalidArgument. Tested in unittests/params/convert_test.cpp.
#pragma once

#include "params/table.h"

#include <dijitso/params.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dijitso::params {

// True/true/yes/on/1 and their opposites in any case; nullopt for anything else.
std::optional<bool> parse_bool(std::string_view text);

// Words as a shell splits them: separated by white space, with '...', "..." and backslashes. InvalidArgument for a
// quote that is not closed or a backslash at the end.
std::vector<std::string> split_words(std::string_view text);

// The text that a configuration file or the environment needs to give the value; empty for None.
std::string to_text(const Value& value);

// A text from a configuration file or the environment as a value of the parameter's type, checked. None when the text
// is empty and the parameter cannot be. `origin` is named in errors.
Value parse_value(const Parameter& parameter, std::string_view text, std::string_view origin);

// A value that a caller gave, checked. A boolean may be given as text, a list as a single text.
Value convert_value(const Parameter& parameter, const Value& given, std::string_view origin);

// The rule, allowed values and range of the table, for a value that has the right type.
void check_value(const Parameter& parameter, const Value& value, std::string_view origin);

// What an error says of a name that does not exist; `valid` are the full names to suggest one from.
std::string unknown_parameter(std::string_view category, std::string_view name, std::string_view origin,
                              const std::vector<std::string>& valid);
std::string unknown_category(std::string_view category, std::string_view origin, const std::vector<std::string>& valid);

// InvalidArgument unless the category is "generator" or both names are in the table; the entry for the names otherwise,
// and nullptr for "generator".
const Parameter* require_parameter(std::string_view category, std::string_view name, std::string_view origin);
void require_category(std::string_view category, std::string_view origin);

}  // namespace dijitso::params
