// A limit on the address space makes allocations fail, whereas a limit of the machine or control group ends the
// process. So the first is checked by trying a mapping, and the others by reading their values. Tested in
// unittests/support/memory_room_test.cpp.

#include "support/memory_room.h"

#include "support/control_group.h"
#include "support/process.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

namespace dijitso {
namespace {

// Reads a file that contains one number; returns nullopt for "max" or a missing file.
std::optional<std::uint64_t> number_in(const std::string& file) {
  std::istringstream stream(read_small_file(file));
  std::uint64_t number = 0;
  return stream >> number ? std::optional(number) : std::nullopt;
}

// The number after `name` in a file with lines of names and numbers.
std::optional<std::uint64_t> number_of(const std::string& name, const std::string& file) {
  std::istringstream stream(read_small_file(file, 1 << 16));
  for (std::string line; std::getline(stream, line);)
    if (line.starts_with(name)) return std::strtoull(line.c_str() + name.size(), nullptr, 10);
  return std::nullopt;
}

}  // namespace

bool can_map(std::size_t bytes) {
  if (bytes == 0) return true;
  void* const place = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (place == MAP_FAILED) return false;
  ::munmap(place, bytes);
  return true;
}

std::optional<std::uint64_t> memory_left_in_control_group(const std::string& dir) {
  const auto most = number_in(dir + "/memory.max");
  const auto used = number_in(dir + "/memory.current");
  if (!most || !used) return std::nullopt;
  const std::uint64_t needed = *used - std::min(*used, number_of("inactive_file ", dir + "/memory.stat").value_or(0));
  return *most - std::min(*most, needed);
}

bool has_memory_for(std::size_t bytes) {
  if (!can_map(bytes)) return false;
  if (const auto kilobytes = number_of("MemAvailable:", "/proc/meminfo"); kilobytes && *kilobytes * 1024 < bytes)
    return false;
  return std::ranges::all_of(control_group_dirs(), [&](const std::string& dir) {
    const auto left = memory_left_in_control_group(dir);
    return !left || *left >= bytes;
  });
}

}  // namespace dijitso
