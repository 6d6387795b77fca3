// The control group (version 2) of this process, with which containers and batch systems set limits.
#pragma once

#include <string>
#include <vector>

namespace dijitso {

// The folders of the process's control group and of all its parents. A missing file or value means no limit.
std::vector<std::string> control_group_dirs();

}  // namespace dijitso
