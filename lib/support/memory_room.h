// Whether enough memory is left for optional work, which must not be what makes a program run out of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace dijitso {

// Whether the process may map so much more (ulimit -v and -d, and what the system promises). Takes a microsecond.
bool can_map(std::size_t bytes);

// The same, and whether the machine and the control group have so much left.
bool has_memory_for(std::size_t bytes);

// What a control group has left, by the files in its folder; files that can be dropped from memory count as free.
// nullopt when there is no limit.
std::optional<std::uint64_t> memory_left_in_control_group(const std::string& dir);

}  // namespace dijitso
