// Checks whether enough memory is left for optional work, so that this work does not make a program run out of memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace dijitso {

// Whether the process may map this many more bytes (ulimit -v and -d, overcommit limit). Takes a microsecond.
bool can_map(std::size_t bytes);

// Also checks whether the machine and the control group have this much memory left.
bool has_memory_for(std::size_t bytes);

// The memory that a control group has left, according to the files in its folder; cached files that can be dropped
// count as free. Returns nullopt when there is no limit.
std::optional<std::uint64_t> memory_left_in_control_group(const std::string& dir);

}  // namespace dijitso
