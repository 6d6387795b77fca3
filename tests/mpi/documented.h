// jit by several ranks with the documented roles.
#pragma once

#include "ranks.h"
#include "tests/support/modules.h"

#include <string>
#include <utility>

namespace dijitso::testing {

// As docs/mpi.md tells it.
inline std::pair<Library, std::string> jit_on_ranks(const mpi::CommsAndRole& comms, const std::string& name,
                                                    const Params& params, const Generate& generate) {
  const MPI_Comm copy = comms.copy_comm.get(), node = comms.wait_comm.get();
  Exchange exchange;
  if (comms.wait_comm) exchange.wait = [=] { MPI_Barrier(node); };
  if (comms.role == mpi::Role::receiver) exchange.receive = [=] { return mpi::receive_binary(copy); };
  if (comms.role != mpi::Role::builder) return jit(name, params, {}, exchange);
  if (comms.copy_comm) exchange.send = [=](const auto& bytes) { mpi::send_binary(copy, bytes); };
  return jit(name, params, generate, exchange);
}

}  // namespace dijitso::testing
