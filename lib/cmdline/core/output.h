// How the commands print: for people on a terminal, for pipes, and as JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

namespace dijitso::cmdline {

// In every JSON document as "schema_version"; raised when a member changes its meaning or goes away.
inline constexpr int json_schema_version = 1;

// {"schema_version": 1}, to be filled in the order of reading.
nlohmann::ordered_json json_document();

// Bytes that are not UTF-8 become U+FFFD.
void print_json(std::ostream& out, const nlohmann::ordered_json& document);

// What may be done to a text so that people see it well: nothing, unless `out` is std::cout and a terminal.
class Style {
 public:
  explicit Style(const std::ostream& out);

  // When the terminal shows it and NO_COLOR is not set.
  std::string bold(std::string_view text) const;
  std::string faint(std::string_view text) const;

  // Foreign text, which is given to pipes unchanged; on a terminal its control characters but tab and newline are
  // \xNN.
  std::string foreign(std::string_view text) const;

 private:
  std::string styled(const char* code, std::string_view text) const;

  bool terminal_ = false;
  bool colour_ = false;
};

// "17 B", "1.5 KiB", ...
std::string human_size(std::uint64_t bytes);

std::string pad_left(std::string_view text, std::size_t width);
std::string pad_right(std::string_view text, std::size_t width);

}  // namespace dijitso::cmdline
