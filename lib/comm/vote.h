// What the ranks of a group say to each other before a module is sent, in one collective operation: which of them have
// it, whether they mean the same, who could build it, which parts of it the first rank that has it would send, and what
// those that lack it have in memory. So each rank can tell from the result what is sent next, and how long it is.
#pragma once

#include "comm/group.h"
#include "support/hash.h"

#include <dijitso/peers.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace dijitso::mpi {

// Maps a text to a number. Equal numbers mean equal texts.
inline std::uint64_t number_of(std::string_view text) { return value_at<std::uint64_t>(blake3(text).bytes, 0); }

// Numbers that are compared. The maximum of the complements gives the minimum. Ranks that say nothing abstain.
template <std::size_t count>
struct Compared {
  std::array<std::uint64_t, 2 * count> maxima{};

  void say(const std::array<std::uint64_t, count>& numbers) {
    for (std::size_t i = 0; i < count; ++i) {
      maxima[i] = numbers[i];
      maxima[count + i] = ~numbers[i];
    }
  }
  void combine(const Compared& other) {
    for (std::size_t i = 0; i < maxima.size(); ++i) maxima[i] = std::max(maxima[i], other.maxima[i]);
  }
  // Whether all that did not abstain said the same, and somebody did.
  bool is_one() const {
    for (std::size_t i = 0; i < count; ++i)
      if (maxima[i] != ~maxima[count + i]) return false;
    return true;
  }
};

// The first 16 bytes of a digest are enough.
inline std::array<std::uint64_t, 2> numbers_of(const Peers::Digest& digest) {
  return {value_at<std::uint64_t>(digest, 0), value_at<std::uint64_t>(digest, sizeof(std::uint64_t))};
}

class Vote {
 public:
  static constexpr std::size_t most_parts = 24;

  // What this rank says. A rank that has the module says `has`, one that lacks it says `lacks`.
  void fails() { failed_ = 1; }
  void asks(const Peers::Digest& request, std::uint64_t strategy, std::uint64_t topology);
  void has(const Group& group, const Peers::Digest& identity, const std::vector<Peers::Part>& parts);
  void lacks(const Group& group, const Peers::Likenesses& in_memory, std::uint32_t fitness_to_build);

  // Collective: from here on it is what all ranks have said.
  void count(const Group& group);

  bool has_failure() const { return failed_ != 0; }
  bool is_one_request() const { return request_.is_one(); }
  bool is_one_strategy() const { return strategy_.is_one(); }
  bool is_one_identity() const { return identity_.is_one(); }
  bool all_have_it() const { return lacks_ == 0; }

  // The topology on which all agree; 0 when a rank knows none, or another one.
  std::uint64_t topology() const { return topology_.is_one() ? topology_.maxima[0] : 0; }

  // The first rank that has the module.
  std::optional<int> owner(const Group& group) const { return rank_of(group, offer_.from); }
  // The first of the ranks that are fittest to build it.
  int builder(const Group& group) const { return *rank_of(group, builder_ & UINT32_MAX); }

  // The parts of the owner's module; empty when there are more than fit in.
  std::span<const Peers::Part> parts() const { return std::span(offer_.parts).first(offer_.count); }
  // Whether a rank that lacks the module has no part like this in memory. One that is like it may be another one, so
  // `false` may be wrong.
  bool is_lacking(const Peers::Digest& identity) const { return lacking_[Peers::likeness(identity)]; }

 private:
  struct Offer {
    std::uint64_t from = 0;  // the larger, the earlier the rank; 0 is none
    std::uint64_t count = 0;
    std::array<Peers::Part, most_parts> parts{};
  };

  static std::uint64_t earliness(const Group& group) { return static_cast<std::uint64_t>(group.size() - group.rank()); }
  static std::optional<int> rank_of(const Group& group, std::uint64_t earliness);
  static void combine(void* in, void* in_and_out, int* count, MPI_Datatype*);

  std::uint64_t failed_ = 0, lacks_ = 0;
  std::uint64_t builder_ = 0;  // fitness, then earliness
  Compared<1> strategy_, topology_;
  Compared<2> request_, identity_;
  Peers::Likenesses lacking_;
  Offer offer_;
};

}  // namespace dijitso::mpi
