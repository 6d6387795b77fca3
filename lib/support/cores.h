// How many cores are this process's own.
#pragma once

#include <cstddef>
#include <optional>

namespace dijitso {

// What a machine says about its cores and who may use them.
struct CoreLimits {
  std::size_t online = 1;             // of the machine
  std::size_t allowed = 1;            // by the affinity of this process
  std::optional<double> quota;        // of its control group, in cores
  std::size_t processes_of_node = 1;  // of the same MPI job on this machine, this one included
};

// At least 1. Processes of one MPI job share the machine, unless they are bound to cores of their own. Pure.
std::size_t share_of_cores(const CoreLimits& limits);

// The limits of this process, found out at the first call.
std::size_t available_cores();

}  // namespace dijitso
