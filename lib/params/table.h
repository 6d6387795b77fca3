// The table of all parameters. Defaults, conversion, validation, environment variables, the typed structs and the
// command line's documentation use it: a new parameter needs one line in table.cpp and one member in
// <dijitso/params.h>. Pure; the table is created once and is constant. Tested in unittests/params/table_test.cpp.
#pragma once

#include <dijitso/params.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace dijitso::params {

enum class Type { boolean, integer, text, optional_text, list };

// The rule for a text, or for each text of a list.
enum class Rule {
  any,
  word,       // not empty
  directory,  // not empty; "~" is expanded
  name_part,  // part of a file name: contains no "/"
};

using Member = std::variant<bool CacheParams::*, std::int64_t CacheParams::*, std::string CacheParams::*,
                            std::optional<std::string> CacheParams::*, std::vector<std::string> CacheParams::*,
                            bool BuildParams::*, std::int64_t BuildParams::*, std::string BuildParams::*,
                            std::vector<std::string> BuildParams::*>;

struct Parameter {
  std::string_view category;
  std::string_view name;
  std::string_view documentation;  // one sentence
  std::string variable;            // the environment variable
  Type type;
  Member member;
  Value fallback;             // the default; None when `find_out` computes it, or when None means "nothing"
  std::string (*find_out)();  // computes the default; nullptr when `fallback` is the default
  Rule rule;
  std::vector<std::string_view> allowed;  // the valid values; empty when every value that follows the rule is valid
  std::int64_t maximum;                   // of an integer; the minimum is 0
  bool documented;                        // part of the documented interface of dijitso, not an extension
  bool hashed_if_set;                     // in keys and digests only when it is not the default

  std::string full_name() const { return std::string(category) + '.' + std::string(name); }
  Value default_value() const { return find_out ? Value(find_out()) : fallback; }
};

// All parameters of the categories "cache" and "build", in the order of documentation.
const std::vector<Parameter>& parameters();

// nullptr when there is no such parameter.
const Parameter* find_parameter(std::string_view category, std::string_view name);

// "boolean", "integer", "text", "text or None", "list of texts".
std::string_view type_name(Type type);

// Store a value of the parameter's own type, and read it. None clears an optional text.
void set_member(Params& params, const Parameter& parameter, const Value& value);
Value get_member(const Params& params, const Parameter& parameter);

// The build parameters for keys and digests: without those that are hashed only when they are set, and are not.
ParamDict hashed_build_params(const Params& params);

}  // namespace dijitso::params
