// Tested in unittests/cc/dependency_rule_test.cpp, and against Clang's own rules in tests/cc.

#include "cc/dependency_rule.h"

#include "support/packs/header_pack.h"

#include <string_view>

namespace dijitso::cc {
namespace {

constexpr std::size_t longest_line = 75;

// The backslashes before a space must be doubled, or they would quote it.
std::string escape_space(std::string text) {
  std::size_t backslashes = 0;
  while (backslashes < text.size() && text[text.size() - 1 - backslashes] == '\\') ++backslashes;
  text.append(backslashes + 1, '\\');
  return text;
}

std::string quoted_name(const std::string& name) {
  std::string text;
  for (const char c : name) {
    if (c == ' ')
      text = escape_space(std::move(text));
    else if (c == '#')
      text += '\\';
    else if (c == '$')
      text += '$';
    text += c;
  }
  return text;
}

// As Clang writes it: "a.h" for "./a.h".
std::string name_for_make(std::string_view name) {
  while (name.size() > 2 && name.starts_with("./")) {
    name.remove_prefix(2);
    while (name.starts_with('/')) name.remove_prefix(1);
  }
  return std::string(name);
}

std::vector<std::string> names_of(const RuleOptions& options, const std::vector<compilation::NamedInput>& inputs) {
  std::vector<std::string> names;
  for (const compilation::NamedInput& input : inputs) {
    if (input.is_system && !options.has_system_headers) continue;
    if (input.name.starts_with(std::string(packed_headers_dir) + "/")) continue;  // no file for make to look at
    names.push_back(name_for_make(input.name));
  }
  return names;
}

}  // namespace

std::string quoted_for_make(const std::string& target) {
  std::string text;
  for (const char c : target) {
    if (c == ' ' || c == '\t')
      text = escape_space(std::move(text));
    else if (c == '$')
      text += '$';
    else if (c == '#')
      text += '\\';
    text += c;
  }
  return text;
}

std::string dependency_rule(const RuleOptions& options, const std::string& default_target,
                            const std::vector<compilation::NamedInput>& inputs) {
  std::vector<std::string> targets = options.targets;
  if (targets.empty()) targets.push_back(quoted_for_make(default_target));
  std::string rule;
  std::size_t column = 0;
  for (const std::string& target : targets) {
    if (column == 0) {
      column = target.size();
    } else if (column + target.size() + 2 > longest_line) {
      rule += " \\\n  ";
      column = target.size() + 2;
    } else {
      rule += ' ';
      column += target.size() + 1;
    }
    rule += target;
  }
  rule += ':';
  ++column;
  const std::vector<std::string> names = names_of(options, inputs);
  for (const std::string& name : names) {
    if (column + name.size() + 1 + 2 > longest_line) {
      rule += " \\\n ";
      column = 2;
    }
    rule += " " + quoted_name(name);
    column += name.size() + 1;
  }
  rule += '\n';
  if (options.has_phony_targets)
    for (std::size_t i = 1; i < names.size(); ++i) rule += quoted_name(names[i]) + ":\n";
  return rule;
}

}  // namespace dijitso::cc
