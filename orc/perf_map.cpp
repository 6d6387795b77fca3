// Every user may write in /tmp, and the name is easy to guess. So another user may have put a symbolic link, a FIFO or
// another file there. Such a file is not opened for writing. Tested in tests/debug/perf_test.py.
#include "orc/perf_map.h"

#include "support/descriptor.h"
#include "support/file_size_signal.h"

#include <dijitso/log.h>
#include <fcntl.h>
#include <llvm/Demangle/Demangle.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

namespace dijitso::orc {

namespace {

std::string reason_of(int error) { return std::generic_category().message(error); }

std::string lines(const std::vector<LinkedFunction>& functions) {
  std::string text;
  for (const auto& function : functions) {
    char numbers[40];
    std::snprintf(numbers, sizeof numbers, "%zx %zx ", static_cast<std::size_t>(function.address), function.size);
    text += numbers + llvm::demangle(function.name) + "\n";
  }
  return text;
}

// Opens the file for appending. Returns a closed one and sets the reason when the file must not be used.
Descriptor open_own(const std::string& path, std::string& reason) {
  constexpr int flags = O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
  Descriptor file(::open(path.c_str(), flags, S_IRUSR | S_IWUSR));
  if (!file.is_open()) {
    reason = errno == ELOOP ? "it is a symbolic link: remove it" : reason_of(errno);
    return file;
  }
  struct stat status{};
  if (::fstat(file.get(), &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == ::geteuid() &&
      status.st_nlink == 1)
    return file;
  reason = "it is not an ordinary file of this user's own: remove it";
  return {};
}

}  // namespace

PerfMap& PerfMap::instance() {
  static constinit forking::Once<PerfMap> map;
  return map.get();
}

void PerfMap::add(const std::vector<LinkedFunction>& functions) {
  const std::string warning = write(lines(functions));
  if (!warning.empty()) log::get_logger().warning(warning);  // not under the lock: a handler may call jit
}

// Returns the warning to report, or an empty text.
std::string PerfMap::write(const std::string& text) {
  const Lock lock(mutex_);
  const int process = ::getpid();
  const std::string path = "/tmp/perf-" + std::to_string(process) + ".map";
  const std::string what = "perf will not know the names of compiled functions: cannot write '" + path + "': ";
  if (process != process_) {
    std::string reason;
    process_ = process;
    file_ = open_own(path, reason);
    failed_ = !file_.is_open();
    if (failed_) return what + reason;
  }
  if (failed_) return {};
  const NoFileSizeSignal guard;
  // A single call, so that lines of other writers do not get in between.
  const auto written = ::write(file_.get(), text.data(), text.size());
  if (written == static_cast<ssize_t>(text.size())) return {};
  failed_ = true;
  return what + (written < 0 ? reason_of(errno) : reason_of(ENOSPC));
}

}  // namespace dijitso::orc
