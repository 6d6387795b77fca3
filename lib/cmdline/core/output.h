// How the commands print: for people on a terminal, for pipes, and as JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

namespace dijitso::cmdline {

using Json = nlohmann::ordered_json;  // members keep the order in which they are added

// The member "schema_version" of every JSON document; increased when a member changes its meaning or is removed.
inline constexpr int json_schema_version = 1;

// Returns {"schema_version": 1}.
Json json_document();

// Prints a document; bytes that are not UTF-8 become U+FFFD.
void print_json(std::ostream& out, const Json& document);

// Formats text for a terminal. Changes nothing unless `out` is std::cout and a terminal.
class Style {
 public:
  explicit Style(const std::ostream& out);

  // These change the text only when the terminal supports it and NO_COLOR is not set.
  std::string bold(std::string_view text) const;
  std::string faint(std::string_view text) const;

  // Makes text from the cache safe: on a terminal, control characters except tab and newline become \xNN. Pipes get it
  // unchanged.
  std::string foreign(std::string_view text) const;

 private:
  std::string styled(const char* code, std::string_view text) const;

  bool terminal_ = false;
  bool colour_ = false;
};

// "1 file", "2 files"
std::string counted(std::size_t number, const std::string& what);

// "17 B", "1.5 KiB", ...
std::string human_size(std::uint64_t bytes);

std::string pad_left(std::string_view text, std::size_t width);
std::string pad_right(std::string_view text, std::size_t width);

}  // namespace dijitso::cmdline
