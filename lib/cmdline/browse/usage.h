// The records of use as stats and report show them. Pure.
#pragma once

#include "cache/store/usage_records.h"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>

namespace dijitso::cmdline {

std::uint64_t hits(const cache::UseCounts& counts);

// Of hits among requests; nullopt when there was none.
std::optional<double> hit_ratio(const cache::UseCounts& counts);

// What is counted in microseconds.
double seconds(const cache::UseCounts& counts, cache::Use use);

// "2026-11-27"
std::string as_text(cache::Day day);

nlohmann::ordered_json as_json(const cache::UseCounts& counts);

// A list of the days, oldest first.
nlohmann::ordered_json as_json(const cache::UsageHistory& history);

}  // namespace dijitso::cmdline
