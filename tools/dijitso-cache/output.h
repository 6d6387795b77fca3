// How dijitso-cache prints: for people on a terminal, for pipes, and as JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace dijitso::tool {

// In every JSON document as "schema_version"; raised when a member changes its meaning or goes away.
inline constexpr int json_schema_version = 1;

// {"schema_version": 1}, to be filled in the order of reading.
nlohmann::ordered_json json_document();

// Bytes that are not UTF-8 become U+FFFD.
void print_json(const nlohmann::ordered_json& document);

// Bold or faint, when standard output is a terminal that shows it and NO_COLOR is not set.
std::string bold(std::string_view text);
std::string faint(std::string_view text);

// "17 B", "1.5 KiB", ...
std::string human_size(std::uint64_t bytes);

// Control characters as \xNN, so that a file name cannot steer the terminal or pretend to be a second line.
std::string printable(std::string_view text);

std::string pad_left(std::string_view text, std::size_t width);
std::string pad_right(std::string_view text, std::size_t width);

}  // namespace dijitso::tool
