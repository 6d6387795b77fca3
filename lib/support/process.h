// Identifies this machine, and checks whether a process on it is alive. This decides whether the maker of a claim or
// temporary file can still use it.
//
// Nothing is cached between calls, because fork() and unshare() change the results. All functions may be called from
// any thread. Tested in unittests/support/process_test.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dijitso {

// Processes can be compared by pid if they run on the same machine, in the same boot and the same pid namespace.
struct Machine {
  std::string name;  // the host name, without characters that a file name cannot have
  std::string boot;  // "-" when it is unknown
  std::string pid_namespace;

  static Machine here();
  // Returns true only when it is certain.
  bool is_same(const Machine& other) const;
};

// Reads a file of /proc or /sys in one call, because it may change between calls. Of a longer file only the beginning
// is read. Returns an empty text on failure.
std::string read_small_file(const std::string& path, std::size_t most = 4096);

// The start time of a process, in clock ticks since the boot, and whether it is a zombie.
struct ProcessStatus {
  std::uint64_t start = 0;
  bool ended = false;
};

// Parses /proc/<pid>/stat. The name of the program in it may contain any character, even ')'.
std::optional<ProcessStatus> parse_process_stat(std::string_view text);

// Returns nullopt when /proc does not show the process.
std::optional<ProcessStatus> process_status(long pid);

// Returns true when it is certain that the process does not exist any more. `start`, when given, distinguishes it from
// a later process with the same number.
bool is_gone(long pid, std::optional<std::uint64_t> start);

// Whether this is the user number that a user namespace shows for all users that it does not know. In a container that
// was started without root, the machine's root is one of them.
bool is_outside_of_user_namespace(unsigned uid);

}  // namespace dijitso
