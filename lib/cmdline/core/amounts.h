// Sizes and ages as they are written on a command line. Tested in unittests/cmdline/amounts_test.cpp.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace dijitso::cmdline {

// "1500", "500K", "1.5G": bytes, or with K, M, G or T powers of 1024. `name` is the argument that the UsageError names.
std::uint64_t parse_size(const std::string& text, const std::string& name);

// "90s", "30m", "12h", "30d", "2w".
std::chrono::seconds parse_age(const std::string& text, const std::string& name);

// "5 s", "12 min", "3 h", "40 d": whole units.
std::string human_age(std::int64_t seconds);

}  // namespace dijitso::cmdline
