// Converts texts and other values to the types of parameters; errors state what was expected and what was given. Pure
// except for "~", which reads the environment. Errors: InvalidArgument. Tested in unittests/params/convert_test.cpp.
#pragma once

#include "params/table.h"

#include <dijitso/params.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dijitso::params {

// True for true/yes/on/1, false for their opposites, in upper or lower case; nullopt for other texts.
std::optional<bool> parse_bool(std::string_view text);

// Splits a text into words like a shell: at white space, with '...', "..." and backslashes. Throws InvalidArgument for
// an unclosed quote or a backslash at the end.
std::vector<std::string> split_words(std::string_view text);

// The text with which a configuration file or the environment can set this value; empty for None.
std::string to_text(const Value& value);

// Converts a text from a configuration file or the environment to a value of the parameter's type, and checks it.
// Returns None when the text is empty and the parameter cannot be. `origin` is part of error messages.
Value parse_value(const Parameter& parameter, std::string_view text, std::string_view origin);

// Converts and checks a value from a caller. A boolean may be given as text, a list as a single text.
Value convert_value(const Parameter& parameter, const Value& given, std::string_view origin);

// Checks a value of the right type against the rule, the allowed values and the range in the table.
void check_value(const Parameter& parameter, const Value& value, std::string_view origin);

// The message for an unknown name; it suggests the nearest of the full names `valid`.
std::string unknown_parameter(std::string_view category, std::string_view name, std::string_view origin,
                              const std::vector<std::string>& valid);
std::string unknown_category(std::string_view category, std::string_view origin, const std::vector<std::string>& valid);

// Returns the table entry for the names, or nullptr for category "generator". Throws InvalidArgument for unknown names.
const Parameter* require_parameter(std::string_view category, std::string_view name, std::string_view origin);
void require_category(std::string_view category, std::string_view origin);

}  // namespace dijitso::params
