// Tested through the real tool in tests/cli.
#include "cmdline/core/output.h"

#include <dijitso/cmdline.h>

#include <nlohmann/json.hpp>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include <unistd.h>

namespace dijitso::cmdline {
namespace {

bool wants_colour() {
  const char* no_color = std::getenv("NO_COLOR");
  if (no_color && *no_color) return false;
  const char* term = std::getenv("TERM");
  return term && std::string_view(term) != "dumb";
}

std::string padding(std::string_view text, std::size_t width) {
  return std::string(width > text.size() ? width - text.size() : 0, ' ');
}

}  // namespace

Json json_document() { return {{"schema_version", json_schema_version}}; }

void print_json(std::ostream& out, const Json& document) {
  out << document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
}

Style::Style(const std::ostream& out)
    : terminal_(&out == &std::cout && isatty(STDOUT_FILENO) == 1), colour_(terminal_ && wants_colour()) {}

std::string Style::styled(const char* code, std::string_view text) const {
  return colour_ ? code + std::string(text) + "\x1b[0m" : std::string(text);
}

std::string Style::bold(std::string_view text) const { return styled("\x1b[1m", text); }
std::string Style::faint(std::string_view text) const { return styled("\x1b[2m", text); }

std::string Style::foreign(std::string_view text) const {
  if (!terminal_) return std::string(text);
  std::string result;
  for (const char& c : text) result += c == '\t' || c == '\n' ? std::string(1, c) : printable({&c, 1});
  return result;
}

std::string counted(std::size_t number, const std::string& what) {
  return std::to_string(number) + " " + what + (number == 1 ? "" : "s");
}

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

std::string pad_left(std::string_view text, std::size_t width) { return padding(text, width) + std::string(text); }
std::string pad_right(std::string_view text, std::size_t width) { return std::string(text) + padding(text, width); }

}  // namespace dijitso::cmdline
