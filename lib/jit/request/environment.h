// The environment variables that the compiler obeys; they are part of the key.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace dijitso {

struct Request;

// The variables that are set, as "NAME=value". Relative directories in them are made absolute; the request then records
// the current directory.
std::vector<std::string> compiler_environment(Request& request);

// A hash of the values that they, and the variables of packages (jit/packages/packages.h), have now. Takes some
// nanoseconds as long as the process sets no variable. As thread-safe as getenv.
std::uint64_t compiler_environment_number();

}  // namespace dijitso
