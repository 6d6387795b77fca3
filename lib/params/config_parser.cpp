// Parses the syntax of Python's configparser and reports the line of an error. First lines are converted to entries
// (section, key, value, line number), then the entries are checked against the table. Tested in
// unittests/params/config_file_test.cpp.
#include "params/config_file.h"
#include "params/convert.h"

#include <dijitso/error.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace dijitso::params {
namespace {

constexpr std::string_view white_space = " \t\r\f\v";

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(white_space);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(white_space) - begin + 1);
}

bool is_comment(std::string_view text) { return text.starts_with('#') || text.starts_with(';'); }

struct Setting {
  std::string section;
  std::string key;
  std::string value;
  int line;
};

class SettingsReader {
 public:
  explicit SettingsReader(const std::string& path) : path_(path) {}

  std::vector<Setting> read(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // the byte order mark that some editors write
    while (!text.empty()) {
      const auto end = std::min(text.find('\n'), text.size());
      ++line_;
      read_line(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    for (auto& entry : entries_) entry.value.erase(entry.value.find_last_not_of('\n') + 1);
    return std::move(entries_);
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw InvalidArgument("config file '" + path_ + "' line " + std::to_string(line_) + ": " + what);
  }

  void read_line(std::string_view line) {
    if (line.find('\0') != std::string_view::npos) fail("a NUL character: this is not a text file");
    const std::string_view content = trimmed(line);
    if (is_comment(content)) return;
    if (content.empty()) {
      if (in_value_) entries_.back().value += '\n';
      return;
    }
    const std::size_t indent = line.find_first_not_of(white_space);
    if (in_value_ && indent > indent_) {
      entries_.back().value += '\n' + std::string(content);
      return;
    }
    indent_ = indent;
    if (content.starts_with('['))
      read_section(content);
    else
      read_entry(content);
  }

  void read_section(std::string_view content) {
    const auto end = content.find(']');
    const auto rest = end == std::string_view::npos ? std::string_view() : trimmed(content.substr(end + 1));
    if (end == std::string_view::npos || !(rest.empty() || is_comment(rest))) fail("a section is written [name]");
    section_ = trimmed(content.substr(1, end - 1));
    if (!sections_.insert(section_).second) fail("the section [" + section_ + "] occurs twice; keep one of them");
    in_section_ = true;
    in_value_ = false;
  }

  void read_entry(std::string_view content) {
    if (!in_section_) fail("a section such as [cache] must come first");
    const auto delimiter = content.find_first_of("=:");
    std::string key(trimmed(content.substr(0, delimiter)));
    if (delimiter == std::string_view::npos || key.empty())
      fail("expected `key = value` or `key: value`; lines that are indented more than the key continue its value");
    if (section_ != "generator")
      std::transform(key.begin(), key.end(), key.begin(), [](unsigned char c) { return std::tolower(c); });
    const auto [before, is_new] = lines_.try_emplace({section_, key}, line_);
    if (!is_new)
      fail("'" + key + "' was given before in line " + std::to_string(before->second) + "; keep one of them");
    entries_.push_back({section_, std::move(key), std::string(trimmed(content.substr(delimiter + 1))), line_});
    in_value_ = true;
  }

  const std::string& path_;
  int line_ = 0;
  std::vector<Setting> entries_;
  std::map<std::pair<std::string, std::string>, int> lines_;  // of the entries, by section and key
  std::set<std::string> sections_;
  std::string section_;
  bool in_section_ = false;
  bool in_value_ = false;   // a line with more indentation continues the last entry
  std::size_t indent_ = 0;  // indentation of the last line that was not a continuation
};

}  // namespace

ConfigFile parse_config(std::string_view text, const std::string& path) {
  ConfigFile file{path, {}};
  for (const auto& entry : SettingsReader(path).read(text)) {
    const std::string origin = "config file '" + path + "' line " + std::to_string(entry.line);
    const Parameter* parameter = require_parameter(entry.section, entry.key, origin);
    file.values[entry.section][entry.key] =
        parameter ? parse_value(*parameter, entry.value, origin) : Value(entry.value);
  }
  return file;
}

}  // namespace dijitso::params
