// A .pc file has lines `variable=value` and `Field: value`. pkg-config expands ${variable} when it reads a line, so
// only earlier lines count and nothing can be circular; so it is here. Fields and lines that are not known are left
// out, as pkg-config does, which lets new versions add some. Tested in unittests/jit/pc_file_test.cpp.
#include "jit/packages/pc_file.h"

#include "params/convert.h"

#include <dijitso/error.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <map>

namespace dijitso {
namespace {

constexpr std::string_view white_space = " \t\r\f\v";
constexpr std::size_t most_expanded = 1 << 20;  // of one file: variables can double each other's length

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }
bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }
bool is_in_key(char c) { return is_digit(c) || is_letter(c) || c == '_' || c == '.'; }

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(white_space);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(white_space) - begin + 1);
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](unsigned char c) { return std::tolower(c); });
  return result;
}

// Takes the next line from `text`: without its comment, and with those that it continues on after a backslash.
std::string take_line(std::string_view& text) {
  std::string line;
  bool is_comment = false;
  std::size_t i = 0;
  for (; i < text.size() && text[i] != '\n'; ++i) {
    const bool is_escape = text[i] == '\\' && i + 1 < text.size();
    if (is_escape && text[i + 1] == '\n') {
      ++i;
    } else if (is_escape && text[i + 1] == '#' && !is_comment) {
      line += text[++i];
    } else {
      is_comment |= text[i] == '#';
      if (!is_comment) line += text[i];
    }
  }
  text.remove_prefix(std::min(i + 1, text.size()));
  return line;
}

// As a part of flags, which are split at white space.
std::string escaped(const std::string& path) {
  std::string text;
  for (const char c : path) {
    if (white_space.find(c) != white_space.npos || c == '\\' || c == '\'' || c == '"') text += '\\';
    text += c;
  }
  return text;
}

class Reader {
 public:
  Reader(const std::string& path, const std::string& sysroot) : path_(path) {
    variables_["pcfiledir"] = escaped(std::filesystem::path(path).parent_path().string());
    variables_["pc_sysrootdir"] = sysroot.empty() ? "/" : escaped(sysroot);
  }

  PcFile read(std::string_view text) {
    while (!text.empty()) take(take_line(text));
    return std::move(file_);
  }

 private:
  void take(std::string_view line) {
    line = trimmed(line);
    const auto end_of_key = std::ranges::find_if_not(line, is_in_key);
    const std::string_view key = line.substr(0, end_of_key - line.begin());
    const std::string_view rest = trimmed(line.substr(key.size()));
    if (key.empty() || rest.empty()) return;
    const std::string_view value = trimmed(rest.substr(1));
    if (rest.front() == '=') take_variable(std::string(key), value);
    if (rest.front() == ':') take_field(lower(key), value);
  }

  // One that cannot be expanded is an error only where it is used.
  void take_variable(const std::string& name, std::string_view value) {
    try {
      variables_[name] = expanded(value);
    } catch (const InvalidArgument&) {
      variables_.erase(name);
    }
  }

  void take_field(const std::string& field, std::string_view value) {
    if (field == "version") file_.version = expanded(value);
    if (field == "requires") file_.needs = parse_needs(expanded(value), "'" + path_ + "'");
    if (field == "requires.private") file_.private_needs = parse_needs(expanded(value), "'" + path_ + "'");
    if (field == "cflags") file_.compile_flags = words(field, value);
    if (field == "libs") file_.link_flags = words(field, value);
  }

  std::vector<std::string> words(const std::string& field, std::string_view value) {
    const std::string text = expanded(value);
    try {
      return params::split_words(text);
    } catch (const InvalidArgument& error) {
      refuse("has " + std::string(error.what()) + " in the field " + field);
    }
  }

  std::string expanded(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const bool is_special = text[i] == '$' && i + 1 < text.size();
      if (is_special && text[i + 1] == '{') {
        const std::size_t end = text.find('}', i);
        if (end == text.npos) refuse("has a ${ without its }");
        result += variable(std::string(text.substr(i + 2, end - i - 2)));
        i = end;
      } else {
        if (is_special && text[i + 1] == '$') ++i;  // $$ is a $
        result += text[i];
      }
      if (result.size() > most_expanded - expanded_) refuse("has variables with too long values");
    }
    expanded_ += result.size();
    return result;
  }

  const std::string& variable(const std::string& name) const {
    const auto found = variables_.find(name);
    if (found == variables_.end()) refuse("uses the variable '" + name + "', which no line before defines");
    return found->second;
  }

  [[noreturn]] void refuse(const std::string& what) const {
    throw InvalidArgument("the package file '" + path_ + "' " + what + ": correct it, or install its package again");
  }

  const std::string& path_;
  std::map<std::string, std::string> variables_;
  PcFile file_;
  std::size_t expanded_ = 0;
};

// Takes the beginning of `text` of which all characters are `kind`.
template <class Kind>
std::string_view take_while(std::string_view& text, Kind kind) {
  const std::string_view taken = text.substr(0, std::ranges::find_if_not(text, kind) - text.begin());
  text.remove_prefix(taken.size());
  return taken;
}

int compare_numbers(std::string_view one, std::string_view other) {
  const auto is_zero = [](char c) { return c == '0'; };
  take_while(one, is_zero);
  take_while(other, is_zero);
  if (one.size() != other.size()) return one.size() < other.size() ? -1 : 1;
  return one.compare(other);
}

}  // namespace

std::vector<PackageNeed> parse_needs(std::string_view text, const std::string& where) {
  constexpr std::string_view operators = "<>=!";
  const auto is_white = [](char c) { return c == '\n' || white_space.find(c) != white_space.npos; };
  const auto is_gap = [&](char c) { return c == ',' || is_white(c); };
  const auto is_operator = [&](char c) { return operators.find(c) != operators.npos; };
  const auto is_word = [&](char c) { return !is_gap(c) && !is_operator(c); };
  std::vector<PackageNeed> needs;
  while (take_while(text, is_gap), !text.empty()) {
    PackageNeed need{std::string(take_while(text, is_word))};
    std::string_view rest = text;
    take_while(rest, is_white);
    need.comparison = take_while(rest, is_operator);
    if (!need.comparison.empty()) {
      take_while(rest, is_white);
      need.version = take_while(rest, is_word);
      text = rest;
    }
    constexpr std::string_view known[] = {"", "=", "!=", "<", "<=", ">", ">="};
    if (need.name.empty() || std::ranges::find(known, need.comparison) == std::end(known) ||
        need.version.empty() != need.comparison.empty())
      throw InvalidArgument(where + " has a condition that cannot be read, '" +
                            std::string(trimmed(need.name + " " + need.comparison + " " + need.version)) +
                            "': write it as 'name >= 1.2', with =, !=, <, <=, > or >=");
    if (need.name.find('/') != need.name.npos)
      throw InvalidArgument(where + " names the package '" + need.name +
                            "': a name has no '/'; give the directory of its .pc file in PKG_CONFIG_PATH");
    needs.push_back(std::move(need));
  }
  return needs;
}

bool is_enough(const PackageNeed& need, std::string_view version) {
  if (need.comparison.empty()) return true;
  const int order = compare_versions(version, need.version);
  if (need.comparison == "=") return order == 0;
  if (need.comparison == "!=") return order != 0;
  if (order == 0) return need.comparison.size() == 2;
  return (order < 0) == (need.comparison.front() == '<');
}

int compare_versions(std::string_view one, std::string_view other) {
  const auto is_separator = [](char c) { return !is_digit(c) && !is_letter(c) && c != '~'; };
  for (;;) {
    take_while(one, is_separator);
    take_while(other, is_separator);
    if (one.starts_with('~') || other.starts_with('~')) {  // comes before everything, even before the end
      if (!other.starts_with('~')) return -1;
      if (!one.starts_with('~')) return 1;
      one.remove_prefix(1);
      other.remove_prefix(1);
      continue;
    }
    if (one.empty() || other.empty()) return static_cast<int>(other.empty()) - static_cast<int>(one.empty());
    const bool is_number = is_digit(one.front());
    if (is_number != is_digit(other.front())) return is_number ? 1 : -1;
    const auto kind = is_number ? is_digit : is_letter;
    const std::string_view part = take_while(one, kind), other_part = take_while(other, kind);
    const int order = is_number ? compare_numbers(part, other_part) : part.compare(other_part);
    if (order != 0) return order;
  }
}

PcFile parse_pc_file(std::string_view text, const std::string& path, const std::string& sysroot) {
  return Reader(path, sysroot).read(text);
}

}  // namespace dijitso
