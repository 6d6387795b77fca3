// Numbers in texts.
#pragma once

#include <charconv>
#include <string_view>

namespace dijitso {

// False unless the whole text is a decimal number of this type; `number` is what it says.
template <class Number>
bool parse_number(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace dijitso
