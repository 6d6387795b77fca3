// Several questions to all ranks in one collective operation.
#pragma once

#include "comm/group.h"
#include "support/hash.h"

#include <dijitso/peers.h>

#include <cstring>
#include <string_view>
#include <vector>

namespace dijitso::mpi {

// Two texts with the same number are the same.
inline std::uint64_t number_of(std::string_view text) {
  std::uint64_t number = 0;
  std::memcpy(&number, blake3(text).bytes.data(), sizeof number);
  return number;
}

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
    std::uint64_t words[2];
    std::memcpy(words, digest.data(), sizeof words);
    const std::size_t place = add(words[0]);
    add(words[1]);
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
