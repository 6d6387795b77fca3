// Tested in unittests/cmdline/usage_test.cpp.
#include "cmdline/browse/usage.h"

namespace dijitso::cmdline {

using cache::Use;

std::uint64_t hits(const cache::UseCounts& counts) { return counts[Use::memory_hits] + counts[Use::disk_hits]; }

std::optional<double> hit_ratio(const cache::UseCounts& counts) {
  const std::uint64_t requests = hits(counts) + counts[Use::compiles];
  if (requests == 0) return std::nullopt;
  return static_cast<double>(hits(counts)) / static_cast<double>(requests);
}

double seconds(const cache::UseCounts& counts, Use use) { return static_cast<double>(counts[use]) * 1e-6; }

std::string as_text(cache::Day day) {
  const std::string digits = std::to_string(day);
  return digits.substr(0, 4) + "-" + digits.substr(4, 2) + "-" + digits.substr(6);
}

nlohmann::ordered_json as_json(const cache::UseCounts& counts) {
  const std::optional<double> ratio = hit_ratio(counts);
  return {{"hits", hits(counts)},
          {"memory_hits", counts[Use::memory_hits]},
          {"disk_hits", counts[Use::disk_hits]},
          {"misses", counts[Use::compiles]},
          {"hit_ratio", ratio ? nlohmann::ordered_json(*ratio) : nullptr},
          {"published", counts[Use::published]},
          {"unpublished", counts[Use::unpublished]},
          {"quarantined", counts[Use::quarantined]},
          {"seconds", {{"compiling", seconds(counts, Use::compiling_us)}, {"saved", seconds(counts, Use::saved_us)}}}};
}

nlohmann::ordered_json as_json(const cache::UsageHistory& history) {
  nlohmann::ordered_json days = nlohmann::ordered_json::array();
  for (const auto& [day, counts] : history.days) {
    nlohmann::ordered_json& one = days.emplace_back(nlohmann::ordered_json{{"day", as_text(day)}});
    one.update(as_json(counts));
  }
  return days;
}

}  // namespace dijitso::cmdline
