// Everything that reads bytes which others may have written: files of a cache, archives, header packs, messages of
// other ranks, configuration. Each must give an answer or a dijitso::Error for any bytes whatever. Where a digest would
// turn away nearly every input, the target seals the bytes first, so that what stands behind the digest is reached.
#pragma once

#include "support/bytes.h"

#include <string>
#include <vector>

namespace dijitso::torture {

struct FuzzTarget {
  std::string name;
  std::vector<Bytes> seeds;  // good inputs
  void (*run)(ByteView);     // returns, or throws an Error, for every input
};

const std::vector<FuzzTarget>& fuzz_targets();

// Calls the target. An exception that is no dijitso::Error passes through, which ends the program.
void run_target(const FuzzTarget& target, ByteView input);

}  // namespace dijitso::torture
