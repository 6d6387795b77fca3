// Tested in unittests/cc/words_test.cpp.

#include "cc/words.h"

#include "support/file.h"

#include <dijitso/error.h>

#include <optional>

namespace dijitso::cc {
namespace {

constexpr std::size_t deepest = 64;

void expand(const std::vector<std::string>& words, std::size_t depth, std::vector<std::string>& all) {
  for (const std::string& word : words) {
    const bool names_file = word.size() > 1 && word.front() == '@';
    const std::optional<Bytes> text = names_file ? read_file(word.substr(1)) : std::nullopt;
    if (!text) {
      all.push_back(word);
      continue;
    }
    if (depth == deepest)
      throw InvalidArgument("response files are nested too deeply: '" + word + "' names itself, or others that do");
    expand(split_response_file(std::string(as_text(*text))), depth + 1, all);
  }
}

}  // namespace

std::vector<std::string> split_response_file(const std::string& text) {
  std::vector<std::string> words;
  std::optional<std::string> word;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool is_space = c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
    if (!quote && is_space) {
      if (word) words.push_back(*std::move(word));
      word.reset();
      continue;
    }
    if (!word) word.emplace();
    if (c == '\\' && i + 1 < text.size())
      *word += text[++i];
    else if (quote ? c == quote : c == '"' || c == '\'')
      quote = quote ? '\0' : c;
    else
      *word += c;
  }
  if (word) words.push_back(*std::move(word));
  return words;
}

std::vector<std::string> with_response_files(const std::vector<std::string>& words) try {
  std::vector<std::string> all;
  expand(words, 0, all);
  return all;
} catch (const FileError& error) {
  throw InvalidArgument(error.what());
}

}  // namespace dijitso::cc
