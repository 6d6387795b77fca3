// Tested in unittests/support/cores_test.cpp and memory_room_test.cpp, as far as the machine has control groups.

#include "support/control_group.h"

#include "support/process.h"

#include <sstream>

namespace dijitso {

std::vector<std::string> control_group_dirs() {
  std::istringstream stream(read_small_file("/proc/self/cgroup"));
  std::string line, group;
  while (std::getline(stream, line))
    if (line.starts_with("0::")) group = line.substr(3);
  std::vector<std::string> dirs;
  for (;;) {
    dirs.push_back("/sys/fs/cgroup" + group);
    const std::size_t slash = group.rfind('/');
    if (slash == std::string::npos) return dirs;
    group.resize(slash);
  }
}

}  // namespace dijitso
