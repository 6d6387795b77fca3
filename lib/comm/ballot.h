// Compares several numbers among all ranks in one collective operation.
#pragma once

#include "comm/group.h"
#include "support/hash.h"

#include <dijitso/peers.h>

#include <string_view>
#include <vector>

namespace dijitso::mpi {

// Maps a text to a number. Equal numbers mean equal texts.
inline std::uint64_t number_of(std::string_view text) { return value_at<std::uint64_t>(blake3(text).bytes, 0); }

class Ballot {
 public:
  // Adds a number of this rank. Returns its index for the functions below.
  std::size_t add(std::uint64_t number) {
    numbers_.push_back(number);
    numbers_.push_back(~number);  // the maximum of the complements gives the minimum
    return numbers_.size() - 2;
  }
  // Adds the first 16 bytes of a digest, which are enough.
  std::size_t add(const Peers::Digest& digest) {
    const std::size_t index = add(value_at<std::uint64_t>(digest, 0));
    add(value_at<std::uint64_t>(digest, sizeof(std::uint64_t)));
    return index;
  }

  // Collective: computes the results.
  void count(const Group& group) { group.maximum(numbers_); }

  std::uint64_t most(std::size_t index) const { return numbers_[index]; }
  std::uint64_t least(std::size_t index) const { return ~numbers_[index + 1]; }
  bool is_one_number(std::size_t index) const { return most(index) == least(index); }
  bool is_one_digest(std::size_t index) const { return is_one_number(index) && is_one_number(index + 2); }

 private:
  std::vector<std::uint64_t> numbers_;
};

}  // namespace dijitso::mpi
