// Tested in unittests/cmdline/amounts_test.cpp.
#include "cmdline/core/amounts.h"

#include <dijitso/cmdline.h>

#include <charconv>
#include <optional>

namespace dijitso::cmdline {
namespace {

struct Unit {
  char letter;
  double factor;
};

constexpr Unit sizes[] = {{'K', 0x1p10}, {'M', 0x1p20}, {'G', 0x1p30}, {'T', 0x1p40}};
constexpr Unit ages[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};

// Parses a number with one of the units, or without a unit when `may_be_bare`. The result is below 2^53, so it is
// exact.
template <std::size_t count>
std::optional<std::int64_t> parse(const std::string& text, const Unit (&units)[count], bool may_be_bare) {
  if (text.find_first_not_of("0123456789") == 0) return std::nullopt;  // from_chars accepts "inf"
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (error != std::errc() || end - rest > 1) return std::nullopt;
  double factor = 0;
  if (rest == end && may_be_bare) factor = 1;
  for (const Unit& unit : units)
    if (rest != end && *rest == unit.letter) factor = unit.factor;
  if (factor == 0 || number * factor >= 0x1p53) return std::nullopt;
  return static_cast<std::int64_t>(number * factor);
}

}  // namespace

std::uint64_t parse_size(const std::string& text, const std::string& name) {
  const std::optional<std::int64_t> size = parse(text, sizes, true);
  if (!size) throw UsageError(name + ": '" + text + "' is not a size; give bytes, or a number with K, M, G or T");
  return static_cast<std::uint64_t>(*size);
}

std::chrono::seconds parse_age(const std::string& text, const std::string& name) {
  const std::optional<std::int64_t> age = parse(text, ages, false);
  if (!age) throw UsageError(name + ": '" + text + "' is not an age; give a number with s, m, h, d or w");
  return std::chrono::seconds(*age);
}

std::string human_age(std::int64_t seconds) {
  if (seconds < 120) return std::to_string(seconds) + " s";
  if (seconds < 120 * 60) return std::to_string(seconds / 60) + " min";
  if (seconds < 48 * 3600) return std::to_string(seconds / 3600) + " h";
  return std::to_string(seconds / 86400) + " d";
}

}  // namespace dijitso::cmdline
