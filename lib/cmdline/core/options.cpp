// Tested in unittests/cmdline/options_test.cpp, and with every command in tests/cli.
#include "cmdline/core/options.h"

#include "cache/format/layout.h"
#include "params/nearest.h"

#include <algorithm>
#include <utility>

namespace dijitso::cmdline {
namespace {

// The long name of an option ("--pattern", not "-p"), or the name of a positional argument in the help text.
const std::string& shown_name(const Argument& argument) {
  return argument.names.back().starts_with('-') ? argument.names.back() : argument.metavar;
}

[[noreturn]] void refuse_unknown(const std::string& dest, const Parser& parser) {
  std::vector<std::string> known;
  for (const Argument& argument : parser.arguments()) known.push_back(argument.dest);
  throw UsageError("there is no argument '" + dest + "'; the nearest is '" + params::nearest(dest, known) + "'");
}

}  // namespace

Options::Options(void (*declare)(Parser&), const Args& args) {
  Parser parser;
  declare(parser);
  args_common(parser);
  for (const auto& [dest, value] : args) {
    const auto is_it = [&dest = dest](const Argument& argument) { return argument.dest == dest; };
    if (std::ranges::none_of(parser.arguments(), is_it)) refuse_unknown(dest, parser);
  }
  for (const Argument& argument : parser.arguments()) {
    const auto given = args.find(argument.dest);
    take(argument, given == args.end() ? Value() : given->second);
  }
}

void Options::take(const Argument& argument, const Value& given) {
  if (given.is_none()) {
    if (argument.required) throw UsageError(shown_name(argument) + " is required: " + argument.help);
    values_[argument.dest] = argument.default_value;
    return;
  }
  if (argument.kind == Kind::text) {
    if (!std::holds_alternative<std::string>(given)) throw UsageError(shown_name(argument) + ": a text is expected");
    if (argument.required && std::get<std::string>(given).empty())
      throw UsageError(shown_name(argument) + " is empty: " + argument.help);
    values_[argument.dest] = given;
    return;
  }
  if (argument.kind == Kind::list) {
    const bool is_texts = std::holds_alternative<std::vector<std::string>>(given);
    if (!is_texts && !std::holds_alternative<std::string>(given))
      throw UsageError(shown_name(argument) + ": a list of texts is expected");
    values_[argument.dest] = params::as_str_tuple(given);
    return;
  }
  try {
    values_[argument.dest] = params::as_bool(given);
  } catch (const InvalidArgument& error) {
    throw UsageError(shown_name(argument) + ": " + error.what());
  }
}

bool Options::flag(std::string_view dest) const {
  const bool* set = std::get_if<bool>(&values_.find(dest)->second);
  return set && *set;
}

std::optional<std::string> Options::text(std::string_view dest) const {
  const Value& value = values_.find(dest)->second;
  if (value.is_none()) return std::nullopt;
  return std::get<std::string>(value);
}

std::vector<std::string> Options::list(std::string_view dest) const {
  const auto* texts = std::get_if<std::vector<std::string>>(&values_.find(dest)->second);
  return texts ? *texts : std::vector<std::string>();
}

cache::Categories Options::categories() const {
  try {
    return parse_categories(text("categories").value());
  } catch (const UsageError& error) {
    throw UsageError(std::string("--categories: ") + error.what());
  }
}

cache::Categories Options::text_categories() const {
  cache::Categories chosen = categories();
  for (const char* binary : {"lib", "obj", "pch"}) {
    if (std::erase(chosen, binary) > 0 && text("categories") != "all")
      throw UsageError(std::string("--categories: files of the category '") + binary +
                       "' are no text; use inc, src, log or all");
  }
  return chosen;
}

std::optional<std::string> Options::signature() const {
  std::optional<std::string> signature = text("signature");
  if (!signature || signature->empty()) return std::nullopt;
  try {
    cache::check_signature(*signature);
  } catch (const InvalidArgument& error) {
    throw UsageError(std::string("--signature: ") + error.what());
  }
  return signature;
}

void add_flag(Parser& parser, const char* name, const char* dest, const char* help) {
  parser.add_argument({.names = {name}, .dest = dest, .kind = Kind::flag, .help = help});
}

void add_text(Parser& parser, std::vector<std::string> names, const char* dest, const char* metavar, const char* help) {
  parser.add_argument({.names = std::move(names), .dest = dest, .metavar = metavar, .help = help});
}

Argument categories_argument(const char* default_value) {
  return {.names = {"--categories"},
          .dest = "categories",
          .metavar = "LIST",
          .help = "Comma separated list of inc,src,lib,log,obj,pch, or all",
          .default_value = default_value};
}

Argument signature_argument(const char* help) {
  return {.names = {"--signature"}, .dest = "signature", .metavar = "SIGNATURE", .help = help};
}

Argument module_argument() {
  return {.names = {"module"},
          .dest = "module",
          .metavar = "MODULE",
          .help = "Signature of the module; ':' and the beginning of a slot may follow",
          .required = true};
}

Argument variant_argument() {
  return {.names = {"--variant"},
          .dest = "variant",
          .metavar = "SLOT",
          .help = "The variant whose slot begins so [default: the newest]"};
}

Argument json_argument() { return {.names = {"--json"}, .dest = "json", .kind = Kind::flag, .help = "Print JSON"}; }

}  // namespace dijitso::cmdline
