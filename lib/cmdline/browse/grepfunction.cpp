// The command grepfunction: finds lines with the name and an opening parenthesis as grep does, and then the end of the
// function from there. A match inside a function that is shown already is not shown again. Tested in
// tests/cli/grepfunction_test.py.
#include "cmdline/browse/search.h"
#include "cmdline/core/output.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace dijitso::cmdline {
namespace {

struct Function {
  std::size_t line = 0;  // from 1
  std::string text;      // whole lines, the last one with its newline
};

std::vector<Function> functions_in(std::string_view text, const cache::FileMatches& matches) {
  std::vector<Function> functions;
  std::size_t line = 1;
  for (const cache::MatchedLine& match : matches.lines) {
    if (match.number < line) continue;
    for (; line < match.number && !text.empty(); ++line)
      text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
    if (text.empty()) break;  // the file has changed meanwhile
    const std::string_view function = text.substr(0, cache::function_length(text));
    functions.push_back({line, std::string(function) + (function.ends_with('\n') ? "" : "\n")});
    text.remove_prefix(function.size());
    line += static_cast<std::size_t>(std::ranges::count(function, '\n'));
  }
  return functions;
}

// The functions that match, or with `no_body` only their first lines; empty when the file was removed meanwhile.
std::vector<Function> find_functions(const std::string& file, const cache::FileMatches& matches, bool no_body) {
  std::vector<Function> functions;
  if (no_body) {
    for (const auto& [number, text] : matches.lines) functions.push_back({number, text + "\n"});
    return functions;
  }
  const std::optional<std::string> text = cache::read_stored_text(file);
  return text ? functions_in(*text, matches) : functions;
}

using Found = std::vector<std::pair<std::string, std::vector<Function>>>;

void print_as_json(std::ostream& out, const std::string& name, const Found& found, std::size_t unsearched) {
  Json document = json_document();
  document["name"] = name;
  Json& matches = document["matches"] = Json::array();
  for (const auto& [file, functions] : found) {
    Json listed = Json::array();
    for (const auto& [line, text] : functions) listed.push_back({{"line", line}, {"text", text}});
    matches.push_back({{"file", file}, {"functions", std::move(listed)}});
  }
  document["unsearched"] = unsearched;
  print_json(out, document);
}

void print_as_text(std::ostream& out, const Found& found, bool no_body) {
  const Style style(out);
  for (const auto& [file, functions] : found) {
    if (no_body) out << "\nFile '" << printable(file) << "' matches:\n";
    for (const auto& [line, text] : functions) {
      if (no_body)
        out << pad_left(std::to_string(line), 5) << ": " << style.foreign(text);
      else
        out << printable(file) << ':' << line << '\n' << style.foreign(text) << '\n';
    }
  }
}

}  // namespace

void args_grepfunction(Parser& parser) {
  parser.add_argument(categories_argument("src"));
  parser.add_argument({.names = {"--name"},
                       .dest = "name",
                       .metavar = "NAME",
                       .help = "Name of the function",
                       .default_value = "",
                       .required = true});
  parser.add_argument(signature_argument("Search only the files of this module"));
  add_flag(parser, "--no-body", "no_body", "Show only the lines with the name");
  parser.add_argument(json_argument());
  parser.set_epilog(
      "Shows definitions and declarations of the function, and calls as far as they are in other functions. The name\n"
      "is taken literally and whole; 'form::tabulate_tensor' finds only that one.\n"
      "Exit code: 0 when there is such a function, 1 when there is none, 2 for an error.");
}

int cmd_grepfunction(const Args& args, const ParamsDict& params, std::ostream& out) {
  const Options options(args_grepfunction, args);
  const std::string name = options.text("name").value();
  const bool no_body = options.flag("no_body");
  const auto signature = options.signature();
  const auto categories = options.text_categories();
  const cache::Layout layout(validate_params(params).cache);
  const std::string regex = "(^|[^A-Za-z0-9_])" + as_regex(name) + "[ \t]*[(]";
  const auto result = cache::search_files(regex, layout, true, false, signature, categories);
  Found found;
  for (const auto& [file, matches] : result.found) found.emplace_back(file, find_functions(file, matches, no_body));
  if (options.flag("json"))
    print_as_json(out, name, found, result.unsearched);
  else
    print_as_text(out, found, no_body);
  return search_exit_code(result);
}

}  // namespace dijitso::cmdline
