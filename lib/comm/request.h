// One module that all ranks ask for.
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

// All functions are collective over the communicator of the state. What is passed in must outlive this.
class Request {
 public:
  Request(State& state, Peers& peers, Jit& jit, const std::string& name, const Params& params, const Generate& generate,
          const Strategy& strategy);

  // From memory, from a cache, or from another rank; built if it may be, else nothing when none of the ranks among
  // which it would travel has it.
  std::optional<Library> obtain(bool may_build);

  // For a module that nobody has, one of several: the rank whose turn it is at `place` generates it and begins to
  // compile it, the others are told of it.
  void plan(std::size_t place);
  // Afterwards: waits for it, and gives it to everybody.
  Library collect();

  // In place of obtain, for a rank that has nothing to ask for.
  [[noreturn]] static void refuse(const Group& all, std::exception_ptr failure);

  // What is asked for: the same for equal requests.
  const Peers::Digest& digest() const { return asked_.request; }

 private:
  bool all_have_it();
  void look_in_memory();
  void take_common_target();
  [[noreturn]] void tell_difference() const;
  const Group& travellers(Topology& topology) const;
  Generate guarded_generate() const;
  int builder() const;
  int build();
  void travel(int owner);

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
  bool same_request_ = false;     // on all ranks
  const Group* group_ = nullptr;  // in which it travels
  Compression compression_ = Compression::never;
  std::optional<Library> library_;
  int owner_ = 0;  // the rank that builds it, if it is planned
};

}  // namespace dijitso::mpi
