// What an entry says of how it was made, for people: its build section.
#pragma once

#include "cache/entry.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace dijitso::cmdline {

struct BuildFacts {
  nlohmann::ordered_json all;  // the whole section; an empty object when it is no JSON
  std::string command, compiler, host;
  std::optional<double> frontend_seconds, backend_seconds;
  std::optional<std::int64_t> created_ns;  // since 1970
};

// What is missing or has another type is absent.
BuildFacts build_facts(const cache::Entry& entry);

// "2026-11-26 20:58:12 UTC"
std::string as_utc(std::int64_t ns);

// "1.5 ms", "2.3 s"
std::string human_seconds(double seconds);

}  // namespace dijitso::cmdline
