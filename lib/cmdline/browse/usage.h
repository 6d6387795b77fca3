// How stats and report show the usage records. Pure.
#pragma once

#include "cache/store/usage_records.h"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>

namespace dijitso::cmdline {

std::uint64_t hits(const cache::UseCounts& counts);

// The share of hits among all requests; nullopt when there were no requests.
std::optional<double> hit_ratio(const cache::UseCounts& counts);

// A count of microseconds, in seconds.
double seconds(const cache::UseCounts& counts, cache::Use use);

// "2026-11-27"
std::string as_text(cache::Day day);

nlohmann::ordered_json as_json(const cache::UseCounts& counts);

// A list of the days, oldest first.
nlohmann::ordered_json as_json(const cache::UsageHistory& history);

}  // namespace dijitso::cmdline
