// Runs a program that is trusted with nothing but its input: under limits, without the descriptors and environment of
// this process.
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
  std::string output;   // what it wrote, also after a failure
  std::string failure;  // empty after exit code 0; else how it ended, with the first line of its errors.
                        // If this process ignores SIGCHLD, the system keeps no exit code: then empty after any end,
                        // and only the output can show whether it is complete.
};

// Returns the next bytes for the program's standard input; empty at the end. The bytes must stay valid until the next
// call.
using NextInput = std::function<ByteView()>;

// `program` is a path; PATH is not searched and no shell is used. Its environment contains only LD_LIBRARY_PATH,
// without which its libraries may not be found. When `next_input` throws, the program is ended and the exception is
// rethrown.
ProcessResult run_limited(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                          const ProcessLimits& limits, const NextInput& next_input);

}  // namespace dijitso
