// The environment variables that a compiler obeys: they are part of the key.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace dijitso {

struct Request;

// Those that are set, as "NAME=value". Relative directories in them are made absolute, and the current one is noted in
// the request.
std::vector<std::string> compiler_environment(Request& request);

// A number for what they are now: the same for equal values, another one for others. Takes some nanoseconds as long as
// the process sets no variable. Thread-safe as far as getenv is.
std::uint64_t compiler_environment_number();

}  // namespace dijitso
