// Runs a program that need not be trusted with anything but its input: under limits, without our descriptors and our
// environment.
//
// Thread-safety: may be called from any thread. Tested in unittests/support/limited_process_test.cpp.
#pragma once

#include "support/bytes.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace dijitso {

struct ProcessLimits {
  std::uint64_t memory = std::uint64_t{2} << 30;    // of address space, in bytes
  std::chrono::seconds cpu{60};                     // of processor time
  std::chrono::milliseconds wall{120'000};          // from its start to its end
  std::uint64_t output = std::uint64_t{256} << 20;  // in bytes
};

struct ProcessResult {
  std::string output;   // what it wrote, also when it failed
  std::string failure;  // empty when it ended with exit code 0; else how it ended, with the first line of its errors.
                        // Where this process ignores SIGCHLD the system keeps no exit code: then empty when it ended
                        // at all, and only its output can tell whether it was complete.
};

// Gives what is to be written to its standard input next; empty at the end. The bytes must live until the next call.
using NextInput = std::function<ByteView()>;

// `program` is a path, which is not searched for; no shell is involved. Of the environment it gets LD_LIBRARY_PATH
// only, without which its libraries may not be found. What `next_input` throws passes through, after the program was
// ended.
ProcessResult run_limited(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                          const ProcessLimits& limits, const NextInput& next_input);

}  // namespace dijitso
