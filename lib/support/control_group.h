// The control group of this process (version 2), which containers and batch systems limit.
#pragma once

#include <string>
#include <vector>

namespace dijitso {

// The folders of its files, from that of its own group up to that of all groups. What a file there does not say is not
// limited.
std::vector<std::string> control_group_dirs();

}  // namespace dijitso
