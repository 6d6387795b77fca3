// One module that all ranks request.
#pragma once

#include "comm/group.h"
#include "comm/state.h"
#include "comm/topology.h"
#include "comm/vote.h"

#include <dijitso/peers.h>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <vector>

namespace dijitso::mpi {

// All functions are collective over the communicator of the state. The arguments must outlive this object.
class CollectiveRequest {
 public:
  CollectiveRequest(State& state, Peers& peers, Jit& jit, const std::string& name, const Params& params,
                    const Generate& generate, const Strategy& strategy);

  // InvalidArgument in the generate of a collective jit, where the other ranks do not take part.
  static void check_may_begin(const std::string& name);

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
  Vote vote_of_all();
  Vote vote(const Group& group, std::exception_ptr failure) const;
  Vote own_vote(const Group& group) const;
  bool all_have_library(const Vote& vote) const;
  void look();
  void look_in_cache();
  void take_common_target();
  [[noreturn]] void report_difference() const;
  Topology& find_topology();
  void use(Topology& topology);
  bool uses_cache(const Topology& topology) const;
  const Group& sharing_group(Topology& topology) const;
  Generate guarded_generate() const;
  std::exception_ptr build(int rank);
  void share(Vote vote, bool may_build);
  std::exception_ptr distribute(const Vote& vote, int owner, bool is_first);
  void list_parts(const Vote& vote, int owner);
  const std::string& target() const;

  State& state_;
  const Group& all_;
  Peers& peers_;
  Jit& jit_;
  const std::string& name_;
  Params params_;
  const Generate& generate_;
  const Strategy& strategy_;

  Peers::Asked asked_;          // unless the module is in memory
  std::uint64_t topology_ = 0;  // the number of the one that this rank knows
  bool uses_cache_ = false;     // for the ranks that share its directory
  bool has_core_ = true;
  const Group* group_ = nullptr;  // the ranks among which it is distributed
  Compression compression_ = Compression::never;
  std::optional<Library> library_;

  // While it is distributed. These have room for the parts of a vote from the beginning.
  std::vector<Peers::Part> parts_;
  std::vector<std::uint64_t> wanted_;
  std::vector<bool> sent_;
};

}  // namespace dijitso::mpi
