// Tokens are words and parentheses; commas, quotes and comments separate.
// Tested in unittests/orc/linker_script_test.cpp.
#include "orc/linker_script.h"

#include <algorithm>

namespace dijitso::orc {

namespace {

std::vector<std::string> tokens(std::string_view text) {
  constexpr std::string_view separators = " \t\r\n,;\"";
  std::vector<std::string> result;
  while (!text.empty()) {
    if (text.starts_with("/*")) {
      const auto end = text.find("*/", 2);
      text.remove_prefix(end == text.npos ? text.size() : end + 2);
    } else if (separators.find(text.front()) != separators.npos) {
      text.remove_prefix(1);
    } else if (text.front() == '(' || text.front() == ')') {
      result.emplace_back(text.substr(0, 1));
      text.remove_prefix(1);
    } else {
      const auto length = std::min(text.size(), text.find_first_of(" \t\r\n,;\"()"));
      result.emplace_back(text.substr(0, length));
      text.remove_prefix(length);
    }
  }
  return result;
}

}  // namespace

std::vector<ScriptEntry> parse_linker_script(std::string_view text) {
  std::vector<ScriptEntry> entries;
  std::vector<std::string> commands;  // commands whose parentheses are still open
  std::string word;
  for (const auto& token : tokens(text)) {
    if (token == "(") {
      commands.push_back(word);
    } else if (token == ")") {
      if (!commands.empty()) commands.pop_back();
    } else if (!commands.empty() && token != "AS_NEEDED" &&
               (commands.front() == "GROUP" || commands.front() == "INPUT")) {
      entries.push_back({token, commands.back() == "AS_NEEDED"});
    }
    word = token;
  }
  return entries;
}

}  // namespace dijitso::orc
