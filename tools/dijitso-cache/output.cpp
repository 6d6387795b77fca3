// Tested through the real binary in tests/cli.
#include "output.h"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include <unistd.h>

namespace dijitso::tool {
namespace {

bool wants_colour() {
  const char* no_color = std::getenv("NO_COLOR");
  if (no_color && *no_color) return false;
  const char* term = std::getenv("TERM");
  return isatty(STDOUT_FILENO) == 1 && term && std::string_view(term) != "dumb";
}

std::string styled(const char* code, std::string_view text) {
  static const bool colour = wants_colour();
  return colour ? code + std::string(text) + "\x1b[0m" : std::string(text);
}

std::string padding(std::string_view text, std::size_t width) {
  return std::string(width > text.size() ? width - text.size() : 0, ' ');
}

}  // namespace

nlohmann::ordered_json json_document() { return {{"schema_version", json_schema_version}}; }

void print_json(const nlohmann::ordered_json& document) {
  std::cout << document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
}

std::string bold(std::string_view text) { return styled("\x1b[1m", text); }
std::string faint(std::string_view text) { return styled("\x1b[2m", text); }

std::string human_size(std::uint64_t bytes) {
  if (bytes < 1024) return std::to_string(bytes) + " B";
  constexpr std::array units = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  double size = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  // 1023.95 would be printed as "1024.0".
  for (; size >= 1023.95 && unit + 1 < units.size(); ++unit) size /= 1024;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f %s", size, units[unit]);
  return text.data();
}

std::string printable(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7f) {
      result += c;
      continue;
    }
    std::array<char, 8> escaped{};
    std::snprintf(escaped.data(), escaped.size(), "\\x%02x", byte);
    result += escaped.data();
  }
  return result;
}

std::string pad_left(std::string_view text, std::size_t width) { return padding(text, width) + std::string(text); }
std::string pad_right(std::string_view text, std::size_t width) { return std::string(text) + padding(text, width); }

}  // namespace dijitso::tool
