// The CPU affinity does not show a container's quota, and all ranks of an MPI job without binding have every core in
// their affinity. So a pool that used only the affinity would start far too many threads. A missing file or value means
// no limit. Tested in unittests/support/cores_test.cpp.

#include "support/cores.h"

#include "support/control_group.h"
#include "support/fork.h"
#include "support/number.h"
#include "support/process.h"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <sstream>
#include <string>

namespace dijitso {
namespace {

std::size_t allowed_by_affinity(std::size_t online) {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return online;  // more cores than cpu_set_t can hold
  return static_cast<std::size_t>(CPU_COUNT(&set));
}

// Parses "max 100000" or "200000 100000": CPU time of all cores per period, and the period, in microseconds.
std::optional<double> quota_in(const std::string& file) {
  std::istringstream stream(read_small_file(file));
  double quota = 0, period = 0;
  if (stream >> quota >> period && quota > 0 && period > 0) return quota / period;
  return std::nullopt;
}

// The smallest quota of the process's control group (version 2) and its parents.
std::optional<double> quota_of_control_group() {
  std::optional<double> least;
  for (const std::string& dir : control_group_dirs())
    if (const auto quota = quota_in(dir + "/cpu.max")) least = std::min(least.value_or(*quota), *quota);
  return least;
}

// The number of processes on this node, from variables that Open MPI, MPICH and similar MPIs, and Slurm set.
std::size_t processes_of_node() {
  for (const char* name :
       {"OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS", "PMI_LOCAL_SIZE", "SLURM_NTASKS_PER_NODE"}) {
    const char* const text = std::getenv(name);
    if (!text) continue;
    std::size_t number = 0;
    if (parse_number(text, number) && number > 0) return number;
  }
  return 1;
}

}  // namespace

std::size_t share_of_cores(const CoreLimits& limits) {
  const std::size_t fair = std::max<std::size_t>(1, limits.online / std::max<std::size_t>(1, limits.processes_of_node));
  std::size_t cores = std::min(std::max<std::size_t>(1, limits.allowed), fair);
  if (limits.quota) cores = std::min(cores, static_cast<std::size_t>(std::max(1.0, std::floor(*limits.quota))));
  return cores;
}

std::size_t available_cores() {
  static constinit forking::Once<const std::size_t> cores;
  return cores.get([] {
    CoreLimits limits;
    limits.online = static_cast<std::size_t>(std::max(1L, ::sysconf(_SC_NPROCESSORS_ONLN)));
    limits.allowed = allowed_by_affinity(limits.online);
    limits.quota = quota_of_control_group();
    limits.processes_of_node = processes_of_node();
    return share_of_cores(limits);
  });
}

}  // namespace dijitso
