// A hit from memory takes 100 ns, and looking for some variables among all would take as long. But whoever sets one
// puts another pointer into the list: so the values are compared only when the pointers differ from those of the last
// call on the same thread. Tested in unittests/jit/environment_test.cpp.

#include "jit/environment.h"

#include "support/hash.h"

#include <unistd.h>

#include <cstdlib>
#include <cstring>

namespace dijitso {
namespace {

std::uint64_t sum_of_pointers() {
  std::uint64_t sum = 0, place = 1;
  if (char** variable = environ)
    for (; *variable; ++variable, place += 2) sum += place * reinterpret_cast<std::uintptr_t>(*variable);
  return sum;
}

std::uint64_t number_of(const std::vector<std::string>& variables) {
  std::string text;
  for (const std::string& variable : variables) text.append(variable).push_back('\0');
  const Digest digest = blake3(text);
  std::uint64_t number = 0;
  std::memcpy(&number, digest.bytes.data(), sizeof number);
  return number;
}

}  // namespace

std::vector<std::string> compiler_environment() {
  std::vector<std::string> variables;
  for (const char* name : {"CPATH", "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH", "SOURCE_DATE_EPOCH"})
    if (const char* value = std::getenv(name)) variables.push_back(std::string(name) + "=" + value);
  return variables;
}

std::uint64_t compiler_environment_number() {
  constinit thread_local std::uint64_t seen = 0, number = 0;
  if (const std::uint64_t sum = sum_of_pointers(); sum != seen || sum == 0) {
    number = number_of(compiler_environment());
    seen = sum;
  }
  return number;
}

}  // namespace dijitso
