// One module that all ranks request.
#pragma once

#include "comm/group.h"
#include "comm/state.h"
#include "comm/topology.h"

#include <dijitso/peers.h>

#include <cstddef>
#include <exception>
#include <optional>
#include <string>

namespace dijitso::mpi {

// All functions are collective over the communicator of the state. The arguments must outlive this object.
class CollectiveRequest {
 public:
  CollectiveRequest(State& state, Peers& peers, Jit& jit, const std::string& name, const Params& params,
                    const Generate& generate, const Strategy& strategy);

  // Gets the module from memory, from a cache, or from another rank. Builds it if `may_build`; otherwise returns
  // nullopt when no rank of the group has it.
  std::optional<Library> obtain(bool may_build);

  // For a module that no rank has, which is number `place` of several: one rank generates it and begins to compile it,
  // and announces it to the others.
  void plan(std::size_t place);
  // Call it after plan(): waits for the module and distributes it to all ranks.
  Library collect();

  // Call it instead of obtain() on a rank whose request is invalid.
  [[noreturn]] static void refuse(const Group& all, std::exception_ptr failure);

  // The digest of the request: the same for equal requests.
  const Peers::Digest& digest() const { return asked_.request; }

 private:
  bool all_have_library();
  void look_in_memory();
  void take_common_target();
  [[noreturn]] void report_difference() const;
  const Group& sharing_group(Topology& topology) const;
  Generate guarded_generate() const;
  int builder() const;
  int build();
  void distribute(int owner);

  State& state_;
  const Group& all_;
  Peers& peers_;
  Jit& jit_;
  const std::string& name_;
  Params params_;
  const Generate& generate_;
  const Strategy& strategy_;

  Peers::Asked asked_;
  bool has_core_ = true;
  bool same_request_ = false;     // the same on all ranks
  const Group* group_ = nullptr;  // the ranks among which it is distributed
  Compression compression_ = Compression::never;
  std::optional<Library> library_;
  int owner_ = 0;  // the rank that builds it, set by plan()
};

}  // namespace dijitso::mpi
