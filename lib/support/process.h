// Which machine this is, and whether a process on it still lives: what decides if the maker of a claim or of a
// temporary file can still come back for it.
//
// Nothing is remembered between calls: after fork() and unshare() the answers change. All functions may be called from
// any thread. Tested in unittests/support/process_test.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dijitso {

// Processes can be compared by pid when they run on the same machine, since the same boot, in the same pid namespace.
struct Machine {
  std::string name;  // the host name, without characters that a file name cannot have
  std::string boot;  // "-" when it cannot be found out
  std::string pid_namespace;

  static Machine here();
  // True only when it is certain.
  bool is_same(const Machine& other) const;
};

// A file of /proc or /sys: short, and read in one go, for it may change in between. Of a longer one the beginning.
// Empty when it cannot be read.
std::string read_small_file(const std::string& path, std::size_t most = 4096);

// When a process started, in clock ticks since the boot; and whether it has ended, but is still listed.
struct ProcessStatus {
  std::uint64_t start = 0;
  bool ended = false;
};

// Decodes the text of /proc/<pid>/stat, in which the name of the program may contain anything, ')' included.
std::optional<ProcessStatus> parse_process_stat(std::string_view text);

// nullopt when /proc does not tell.
std::optional<ProcessStatus> process_status(long pid);

// True when it is certain that no such process lives here any more; `start`, when given, tells it from a later one that
// has the same number.
bool is_gone(long pid, std::optional<std::uint64_t> start);

// True for the number that this user namespace shows instead of those of users whom it does not know: root of the
// machine, among others, in a container that was started without root.
bool is_outside_of_user_namespace(unsigned uid);

}  // namespace dijitso
