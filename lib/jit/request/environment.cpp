// A hit from memory takes 100 ns, and searching all variables for a few names would take as long. Setting a variable
// changes a pointer in `environ`, so the values are read only when the pointers differ from those of the last call on
// the same thread. Tested in unittests/jit/environment_test.cpp.

#include "jit/request/environment.h"

#include "jit/packages/packages.h"
#include "jit/request/resolve_flags.h"
#include "params/paths.h"
#include "support/hash.h"
#include "support/split.h"

#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <span>
#include <utility>

namespace dijitso {
namespace {

constexpr std::array compiler_variables = {"CPATH", "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH", "SOURCE_DATE_EPOCH"};

void add_as_set(std::span<const char* const> names, std::vector<std::string>& variables) {
  for (const char* name : names)
    if (const char* value = std::getenv(name)) variables.push_back(std::string(name) + "=" + value);
}

std::string absolute_list(const std::string& paths, Request& request) {
  if (paths.empty()) return paths;
  std::string list;
  for (const std::string_view path : split(paths, ':')) {
    if (!path.starts_with('/')) request.directory = params::absolute_path(".");
    list += (list.empty() ? "" : ":") + absolute(path.empty() ? "." : std::string(path), request);
  }
  return list;
}

std::uint64_t number_of(const std::vector<std::string>& variables) {
  std::string text;
  for (const std::string& variable : variables) text.append(variable).push_back('\0');
  return value_at<std::uint64_t>(blake3(text).bytes, 0);
}

// The pointers of `environ` with the null pointer at the end, as this thread saw them last.
struct Seen {
  char** list;
  std::vector<char*> pointers;
  std::uint64_t number;

  // Reading as many pointers as before is safe when the list has the same address: the C library moves a list that
  // grows, and leaves the memory in place when a variable is removed.
  bool is_still_so() const {
    return list == environ && std::memcmp(list, pointers.data(), pointers.size() * sizeof(char*)) == 0;
  }
};

constinit thread_local const Seen* seen = nullptr;

struct SeenOwner {
  ~SeenOwner() { delete std::exchange(seen, nullptr); }
};

std::uint64_t look_again() {
  std::vector<std::string> variables;
  add_as_set(compiler_variables, variables);
  add_as_set(package_variables, variables);  // the flags of packages are in the key, and not these
  const std::uint64_t number = number_of(variables);
  if (!environ) {  // clearenv() has freed the list, and a shorter one may get its address
    delete std::exchange(seen, nullptr);
    return number;
  }
  static thread_local const SeenOwner at_end_of_thread;
  static_cast<void>(&at_end_of_thread);
  std::size_t count = 1;  // with the null pointer
  for (char** variable = environ; *variable; ++variable) ++count;
  delete std::exchange(seen, new Seen{environ, std::vector<char*>(environ, environ + count), number});
  return number;
}

}  // namespace

std::vector<std::string> compiler_environment(Request& request) {
  std::vector<std::string> variables;
  add_as_set(compiler_variables, variables);
  for (std::string& variable : variables) {
    if (variable.starts_with("SOURCE_DATE_EPOCH=")) continue;
    const std::size_t value = variable.find('=') + 1;
    variable.replace(value, variable.npos, absolute_list(variable.substr(value), request));
  }
  return variables;
}

std::uint64_t compiler_environment_number() { return seen && seen->is_still_so() ? seen->number : look_again(); }

}  // namespace dijitso
