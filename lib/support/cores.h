// Computes how many cores this process should use.
#pragma once

#include <cstddef>
#include <optional>

namespace dijitso {

// The limits on the use of cores.
struct CoreLimits {
  std::size_t online = 1;             // number of the machine's cores
  std::size_t allowed = 1;            // according to the CPU affinity of this process
  std::optional<double> quota;        // of its control group, in cores
  std::size_t processes_of_node = 1;  // of the same MPI job on this machine, including this one
};

// At least 1. Processes of one MPI job share the machine equally, unless they are bound to their own cores. Pure.
std::size_t share_of_cores(const CoreLimits& limits);

// The share of this process, computed at the first call.
std::size_t available_cores();

}  // namespace dijitso
