// Takes a text apart at a separator.
#pragma once

#include <string_view>
#include <vector>

namespace dijitso {

// The parts between separators, empty ones too: one more than there are separators. They point into the text.
inline std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == text.npos) return parts;
    text.remove_prefix(end + 1);
  }
}

}  // namespace dijitso
