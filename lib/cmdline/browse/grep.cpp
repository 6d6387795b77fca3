// The command grep. Tested in tests/cli/grep_test.py and unittests/cmdline/search_test.cpp.
#include "cmdline/browse/search.h"
#include "cmdline/core/output.h"

#include <nlohmann/json.hpp>

namespace dijitso::cmdline {
namespace {

// For each file, one of these is printed.
enum class Detail { names, counts, lines };

Detail detail_of(const Options& options) {
  if (options.flag("filesonly")) return Detail::names;
  return options.flag("countonly") ? Detail::counts : Detail::lines;
}

void print_as_json(std::ostream& out, const std::string& pattern, Detail detail, const cache::SearchResult& result) {
  Json document = json_document();
  document["pattern"] = pattern;
  Json& matches = document["matches"] = Json::array();
  for (const auto& [file, found] : result.found) {
    Json& match = matches.emplace_back(Json{{"file", file}});
    if (detail != Detail::names) match["count"] = found.count;
    if (detail != Detail::lines) continue;
    Json& lines = match["lines"] = Json::array();
    for (const auto& [number, text] : found.lines) lines.push_back({{"line", number}, {"text", text}});
  }
  document["unsearched"] = result.unsearched;
  print_json(out, document);
}

void print_as_text(std::ostream& out, bool linenumbers, Detail detail, const cache::SearchResult& result) {
  const Style style(out);
  for (const auto& [file, found] : result.found) {
    if (detail == Detail::names) out << printable(file) << '\n';
    if (detail == Detail::counts) out << printable(file) << ": " << found.count << '\n';
    if (detail != Detail::lines) continue;
    out << "\nFile '" << printable(file) << "' matches:\n";
    for (const auto& [number, text] : found.lines) {
      if (linenumbers) out << pad_left(std::to_string(number), 5) << ':';
      out << '\t' << style.foreign(text) << '\n';
    }
  }
}

}  // namespace

std::string as_regex(std::string_view text) {
  std::string regex;
  for (const char c : text) {
    // In brackets every character is literal, except these two.
    if (c == '^' || c == '\\')
      regex += {'\\', c};
    else if (std::string_view(".[()*+?{|$").find(c) != std::string_view::npos)
      regex += {'[', c, ']'};
    else
      regex += c;
  }
  return regex;
}

int search_exit_code(const cache::SearchResult& result) {
  if (result.unsearched > 0) return 2;
  return result.found.empty() ? 1 : 0;
}

void args_grep(Parser& parser) {
  parser.add_argument(categories_argument("inc,src"));
  parser.add_argument({.names = {"--pattern"},
                       .dest = "pattern",
                       .metavar = "TEXT",
                       .help = "What the lines must contain [default: every line]",
                       .default_value = ""});
  add_flag(parser, "--regexmode", "regexmode", "The pattern is an extended regular expression, as 'grep -E' takes it");
  add_flag(parser, "--linenumbers", "linenumbers", "Show the numbers of lines");
  add_flag(parser, "--countonly", "countonly", "Show only how many lines of each file match");
  add_flag(parser, "--filesonly", "filesonly", "Show only the names of files that match");
  parser.add_argument(signature_argument("Search only the files of this module"));
  parser.add_argument(json_argument());
  parser.set_epilog(
      "Compressed files are searched too; libraries and compiled modules are not.\n"
      "Exit code: 0 when a line matches, 1 when none does, 2 for an error.");
}

int cmd_grep(const Args& args, const ParamsDict& params, std::ostream& out) {
  const Options options(args_grep, args);
  const std::string pattern = options.text("pattern").value();
  const Detail detail = detail_of(options);
  const std::string regex = options.flag("regexmode") ? pattern : as_regex(pattern);
  const auto signature = options.signature();
  const auto categories = options.text_categories();
  const cache::Layout layout(validate_params(params).cache);
  const bool with_numbers = options.flag("linenumbers") || options.flag("json");
  const auto result = cache::search_files(regex, layout, with_numbers, detail != Detail::lines, signature, categories);
  if (options.flag("json"))
    print_as_json(out, pattern, detail, result);
  else
    print_as_text(out, options.flag("linenumbers"), detail, result);
  return search_exit_code(result);
}

}  // namespace dijitso::cmdline
