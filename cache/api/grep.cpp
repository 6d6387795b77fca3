// cache::grep_cache uses POSIX regular expressions, because std::regex recurses once for each character and overflows
// the stack on the long lines of generated code. The matcher of the C library has no such limit, but its compiler
// recurses on parentheses and copies repeated parts; so the length and the repetitions of a pattern are limited. Most
// patterns have no special characters and are found by memmem. Many files are searched by one thread for each core; the
// calling thread collects the matches and logs the warnings. Tested in unittests/cache/grep_test.cpp.
#include "cache/api/api.h"
#include "support/for_all.h"

#include <dijitso/log.h>

#include <regex.h>

#include <algorithm>
#include <cctype>
#include <cstring>

namespace dijitso::cache {
namespace {

constexpr std::size_t longest_regex = 1000;
constexpr unsigned long most_copies = 1000;

// The largest allowed number of copies of a part of the pattern: the product of all {n,m}.
bool has_too_many_copies(const std::string& regex) {
  unsigned long copies = 1;
  for (std::size_t at = regex.find('{'); at != regex.npos; at = regex.find('{', at + 1)) {
    unsigned long largest = 1, number = 0;
    for (std::size_t i = at + 1;
         i < regex.size() && (std::isdigit(static_cast<unsigned char>(regex[i])) || regex[i] == ','); ++i) {
      number =
          regex[i] == ',' ? 0 : std::min(most_copies + 1, number * 10 + static_cast<unsigned long>(regex[i] - '0'));
      largest = std::max(largest, number);
    }
    copies *= largest;
    if (copies > most_copies) return true;
  }
  return false;
}

// Whether the expression has no special characters.
bool is_literal(std::string_view regex) {
  return !regex.empty() && regex.find_first_of("\n.[]()*+?{}|$^\\") == regex.npos;
}

class Regex {
 public:
  explicit Regex(const std::string& text) : literal_(is_literal(text) ? text : "") {
    const auto refuse = [&](const std::string& why) {
      throw InvalidArgument("the regular expression '" + text.substr(0, 80) + "' cannot be used: " + why +
                            "; POSIX extended expressions are expected, as 'grep -E' takes them");
    };
    if (text.size() > longest_regex) refuse("it is longer than 1000 characters");
    if (text.find('\0') != text.npos) refuse("it contains a NUL character");
    if (has_too_many_copies(text)) refuse("it asks for more than 1000 repetitions");
    const int error = ::regcomp(&compiled_, text.c_str(), REG_EXTENDED | REG_NEWLINE);
    if (error == 0) return;
    char reason[256];
    ::regerror(error, &compiled_, reason, sizeof reason);
    refuse(reason);
  }
  Regex(const Regex&) = delete;
  Regex& operator=(const Regex&) = delete;
  ~Regex() { ::regfree(&compiled_); }

  bool is_in(std::string_view line) const {
    if (!literal_.empty()) return first_candidate(line) < line.size();
    regmatch_t where{0, static_cast<regoff_t>(line.size())};
    return ::regexec(&compiled_, line.data(), 1, &where, REG_STARTEND) == 0;
  }

  // Lines that end before the returned position do not match.
  std::size_t first_candidate(std::string_view text) const {
    if (literal_.empty()) return 0;
    const void* found = ::memmem(text.data(), text.size(), literal_.data(), literal_.size());  // faster than find()
    return found ? static_cast<std::size_t>(static_cast<const char*>(found) - text.data()) : text.size();
  }

 private:
  std::string literal_;  // empty when the expression has special characters
  regex_t compiled_;
};

FileMatches search(const Regex& regex, std::string_view text, bool linenumbers, bool countonly) {
  FileMatches matches;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t candidate = regex.first_candidate(text);
    if (candidate == text.size()) break;
    const std::string_view before = text.substr(0, candidate);
    if (linenumbers) number += static_cast<std::size_t>(std::ranges::count(before, '\n'));
    text.remove_prefix(before.rfind('\n') + 1);  // npos + 1 is 0
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!regex.is_in(line)) continue;
    ++matches.count;
    if (!countonly) matches.lines.push_back({linenumbers ? number : 0, std::string(line)});
  }
  return matches;
}

// The result of searching one file.
struct Outcome {
  FileMatches matches;
  std::optional<std::string> failure;
};

constexpr std::size_t enough_for_a_thread = 64;  // files

Outcome search_file(const Regex& regex, const std::filesystem::path& file, bool linenumbers, bool countonly) {
  try {
    const std::optional<Bytes> content = read_stored_bytes(file);
    return {content ? search(regex, as_text(*content), linenumbers, countonly) : FileMatches{}, std::nullopt};
  } catch (const std::exception& error) {
    return {{}, error.what()};
  }
}

}  // namespace

void check_regex(const std::string& regex) { Regex{regex}; }

SearchResult search_files(const std::string& regex_text, const Layout& layout, bool linenumbers, bool countonly,
                          const std::optional<std::string>& signature, const Categories& categories) {
  const Regex regex(regex_text);
  if (signature) check_signature(*signature);
  const std::vector<Category> chosen = parse_categories(categories);
  for (const Category binary : {Category::lib, Category::obj, Category::pch})
    if (std::ranges::find(chosen, binary) != chosen.end())
      throw InvalidArgument("grep_cache: files of the category '" + std::string(category_name(binary)) +
                            "' are no text; search inc, src and log");
  SearchResult result;
  for (const Category category : chosen) {
    const auto files = signature ? files_of(layout, category, *signature) : files_of(layout, category);
    std::vector<Outcome> outcomes(files.size());
    for_all(files.size(), enough_for_a_thread,
            [&](std::size_t i) { outcomes[i] = search_file(regex, files[i], linenumbers, countonly); });
    for (std::size_t i = 0; i < files.size(); ++i) {
      if (outcomes[i].matches.count > 0) result.found[files[i]] = std::move(outcomes[i].matches);
      if (!outcomes[i].failure) continue;
      ++result.unsearched;
      log::get_logger().warning("A file is not searched: " + *outcomes[i].failure + ".");
    }
  }
  return result;
}

std::map<std::string, FileMatches> grep_cache(const std::string& regex, const CacheParams& params, bool linenumbers,
                                              bool countonly, const std::optional<std::string>& signature,
                                              const Categories& categories) {
  return search_files(regex, Layout(params), linenumbers, countonly, signature, categories).found;
}

}  // namespace dijitso::cache
