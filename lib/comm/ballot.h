// Several questions to all ranks in one collective operation.
#pragma once

#include "comm/group.h"
#include "support/hash.h"

#include <dijitso/peers.h>

#include <string_view>
#include <vector>

namespace dijitso::mpi {

// Two texts with the same number are the same.
inline std::uint64_t number_of(std::string_view text) { return value_at<std::uint64_t>(blake3(text).bytes, 0); }

class Ballot {
 public:
  // A number of this rank; the place at which to ask for what the others have.
  std::size_t add(std::uint64_t number) {
    numbers_.push_back(number);
    numbers_.push_back(~number);  // the largest complement is that of the least
    return numbers_.size() - 2;
  }
  // The first 16 bytes, which are as good as all.
  std::size_t add(const Peers::Digest& digest) {
    const std::size_t place = add(value_at<std::uint64_t>(digest, 0));
    add(value_at<std::uint64_t>(digest, sizeof(std::uint64_t)));
    return place;
  }

  // Collective.
  void count(const Group& group) { group.maximum(numbers_); }

  std::uint64_t most(std::size_t place) const { return numbers_[place]; }
  std::uint64_t least(std::size_t place) const { return ~numbers_[place + 1]; }
  bool is_one_number(std::size_t place) const { return most(place) == least(place); }
  bool is_one_digest(std::size_t place) const { return is_one_number(place) && is_one_number(place + 2); }

 private:
  std::vector<std::uint64_t> numbers_;
};

}  // namespace dijitso::mpi
