// Identifies this machine and checks whether its processes are alive, with /proc and kill(pid, 0).
//
// A pid alone is not enough: it is reused after the process has ended, numbers restart after a boot, and it means
// another process in another container. So it is compared together with the start time, the boot id and the pid
// namespace. When /proc hides information, the result is "not certain", and callers then wait instead of taking
// something from a living process. Tested in unittests/support/process_test.cpp.
#include "support/process.h"

#include "support/descriptor.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <climits>

namespace dijitso {
namespace {

// Keeps letters, digits and '.', and replaces other characters by '_', because '-' separates the parts of temporary
// names.
std::string plain(std::string_view text) {
  std::string out;
  for (char c : text) {
    bool keep = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.';
    out += keep ? c : '_';
  }
  return out.empty() ? "-" : out;
}

}  // namespace

std::string read_small_file(const std::string& path, std::size_t most) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) return {};
  std::string text(most, '\0');
  const ssize_t got = ::read(file.get(), text.data(), text.size());
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  return text;
}

Machine Machine::here() {
  Machine machine;
  std::array<char, HOST_NAME_MAX + 1> host{};
  ::gethostname(host.data(), host.size() - 1);
  machine.name = plain(host.data());
  std::string boot = read_small_file("/proc/sys/kernel/random/boot_id");
  while (!boot.empty() && boot.back() == '\n') boot.pop_back();
  machine.boot = plain(boot);
  std::array<char, 64> space{};
  ssize_t length = ::readlink("/proc/self/ns/pid", space.data(), space.size());
  machine.pid_namespace = plain({space.data(), length > 0 ? static_cast<std::size_t>(length) : 0});
  return machine;
}

bool Machine::is_same(const Machine& other) const {
  return boot != "-" && pid_namespace != "-" && name == other.name && boot == other.boot &&
         pid_namespace == other.pid_namespace;
}

bool is_outside_of_user_namespace(unsigned uid) {
  const auto number_in = [](std::string_view text) {
    unsigned number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
  };
  if (uid != number_in(read_small_file("/proc/sys/kernel/overflowuid"))) return false;
  // Without containers the whole range of user numbers is mapped to itself, so all users have their own numbers.
  const std::string map = read_small_file("/proc/self/uid_map");
  const std::size_t last = map.find_last_of(' ');
  return !map.empty() && number_in(std::string_view(map).substr(last + 1)) != UINT_MAX;
}

std::optional<ProcessStatus> parse_process_stat(std::string_view text) {
  std::size_t after_name = text.rfind(')');
  if (after_name == text.npos || after_name + 2 >= text.size()) return std::nullopt;
  std::string_view rest = text.substr(after_name + 2);
  ProcessStatus status;
  status.ended = rest[0] == 'Z' || rest[0] == 'X' || rest[0] == 'x';
  // The state is field 3, the start time field 22.
  for (int field = 3; field < 22; ++field) {
    std::size_t space = rest.find(' ');
    if (space == rest.npos) return std::nullopt;
    rest.remove_prefix(space + 1);
  }
  auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), status.start);
  if (error != std::errc() || end == rest.data()) return std::nullopt;
  return status;
}

std::optional<ProcessStatus> process_status(long pid) {
  return parse_process_stat(read_small_file("/proc/" + std::to_string(pid) + "/stat"));
}

bool is_gone(long pid, std::optional<std::uint64_t> start) {
  if (pid <= 0 || pid > INT_MAX) return true;
  if (::kill(static_cast<pid_t>(pid), 0) != 0 && errno == ESRCH) return true;
  std::optional<ProcessStatus> status = process_status(pid);
  if (!status) return false;
  return status->ended || (start && *start != status->start);
}

}  // namespace dijitso
