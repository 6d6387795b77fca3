// cache::grep_cache with the regular expressions of POSIX: std::regex calls itself once a character and overflows the
// stack on long lines, which generated code has. The matcher of the C library has no such limit, but its compiler
// recurses on parentheses and copies what is repeated; so the length and the repetitions of a pattern are limited.
// Tested in unittests/cache/grep_test.cpp.
#include "cache/api.h"

#include <dijitso/log.h>

#include <regex.h>

#include <algorithm>
#include <cctype>

namespace dijitso::cache {
namespace {

constexpr std::size_t longest_regex = 1000;
constexpr unsigned long most_copies = 1000;

// How often the parts of the pattern may be copied at most: the product of all {n,m}.
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

class Regex {
 public:
  explicit Regex(const std::string& text) {
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
    regmatch_t where{0, static_cast<regoff_t>(line.size())};
    return ::regexec(&compiled_, line.data(), 1, &where, REG_STARTEND) == 0;
  }

 private:
  regex_t compiled_;
};

FileMatches search(const Regex& regex, std::string_view text, bool linenumbers, bool countonly) {
  FileMatches matches;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!regex.is_in(line)) continue;
    ++matches.count;
    if (!countonly) matches.lines.push_back({linenumbers ? number : 0, std::string(line)});
  }
  return matches;
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
    for (const std::filesystem::path& file : files) {
      try {
        const std::optional<std::string> text = read_stored_text(file);
        FileMatches matches = text ? search(regex, *text, linenumbers, countonly) : FileMatches{};
        if (matches.count > 0) result.found[file] = std::move(matches);
      } catch (const CacheError& error) {
        ++result.unsearched;
        log::get_logger().warning(std::string("A file is not searched: ") + error.what() + ".");
      }
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
