// A trace must remain usable when processes are killed, fork, or share the file with other ranks. So nothing is kept in
// memory: each event is one line, which one write() appends when the event ends. The format is the JSON array of trace
// events, whose closing bracket may be missing. The file is created together with its first bytes, so other processes
// only append. There is no lock and no buffer that a forked child could write again. Tested in
// unittests/support/trace_test.cpp, tests/jit/trace_test.cpp, tests/debug/trace_test.py and tests/mpi/trace_test.py.
#include "support/trace.h"

#include "support/descriptor.h"
#include "support/file.h"
#include "support/file_size_signal.h"

#include <dijitso/log.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <system_error>
#include <utility>

namespace dijitso::trace {
namespace {

constexpr std::string_view beginning = "[\n";
constexpr const char* separator = ",\n";

struct Target {
  std::string file;
  int descriptor;
  dev_t device;
  ino_t inode;

  // A program may close descriptors that it did not open, and open its own file with the same number.
  bool is_open() const {
    struct stat now;
    return ::fstat(descriptor, &now) == 0 && now.st_dev == device && now.st_ino == inode;
  }
};

std::atomic<Target*> target = nullptr;  // set once, never destroyed
std::atomic<pid_t> named_process = 0;   // the process whose name was written to the trace
thread_local const char* thread_name = nullptr;

const char* rank_of_process() {
  for (const char* variable : {"OMPI_COMM_WORLD_RANK", "PMI_RANK", "SLURM_PROCID"})
    if (const char* rank = std::getenv(variable); rank && *rank) return rank;
  return nullptr;
}

std::string json_text(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c >= ' ' && c <= '~' ? c : '?';
  }
  return result + '"';
}

std::string event(const std::string& name, const char* kind, const std::string& rest) {
  return "{\"name\":" + name + ",\"ph\":\"" + kind + "\",\"pid\":" + std::to_string(::getpid()) +
         ",\"tid\":" + std::to_string(::gettid()) + rest + "}";
}

std::string naming(const char* whose, const std::string& name) {
  return event(json_text(whose), "M", ",\"args\":{\"name\":" + json_text(name) + "}");
}

std::string naming_of_process() {
  const char* const rank = rank_of_process();
  return naming("process_name", program_invocation_short_name + (rank ? ", rank " + std::string(rank) : ""));
}

// Does not follow symbolic links: in a directory such as /tmp, another user could have created one.
Descriptor open_to_append(const std::string& file) {
  constexpr int flags = O_RDWR | O_APPEND | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW;
  Descriptor descriptor(::open(file.c_str(), flags));
  if (!descriptor.is_open() && errno == ENOENT) {
    const std::filesystem::path path(file);
    const std::string text = std::string(beginning) + naming_of_process();
    if (publish_beside(path, as_bytes(text), 0600, Publish::first_wins, Durability::relaxed))
      named_process = ::getpid();
    descriptor = Descriptor(::open(file.c_str(), flags));
  }
  if (!descriptor.is_open()) throw FileError("write", file, errno);
  return descriptor;
}

// Whether it is a trace of this user. Other files must not be changed, and other users must not read the events.
bool is_trace(int descriptor, const struct stat& status) {
  char first[beginning.size()];
  return S_ISREG(status.st_mode) && status.st_uid == ::geteuid() &&
         ::pread(descriptor, first, sizeof first, 0) == ssize_t{sizeof first} &&
         std::string_view(first, sizeof first) == beginning;
}

// The names of the process and thread, if they have not been written yet.
std::string namings() {
  static thread_local pid_t named_thread = 0;
  const pid_t process = ::getpid(), thread = ::gettid();
  std::string text;
  if (named_process.exchange(process) != process) text += separator + naming_of_process();
  if (std::exchange(named_thread, thread) != thread)
    text += separator + naming("thread_name", thread == process ? "main" : thread_name ? thread_name : "thread");
  return text;
}

std::string microseconds(Clock::duration time) {
  const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(time).count();
  char text[32];
  std::snprintf(text, sizeof text, "%lld.%03d", static_cast<long long>(ns / 1000), static_cast<int>(ns % 1000));
  return text;
}

// Reports one warning and stops recording.
void give_up(const std::string& reason) {
  if (is_on.exchange(false)) log::get_logger().warning("the trace '" + target.load()->file + "' ends here: " + reason);
}

void append(const std::string& text) {
  const Target& to = *target.load(std::memory_order_acquire);
  if (!to.is_open()) return give_up("the program has closed it");
  const NoFileSizeSignal guard;
  ssize_t written;
  do written = ::write(to.descriptor, text.data(), text.size());
  while (written < 0 && errno == EINTR);
  if (written == static_cast<ssize_t>(text.size())) return;
  give_up(written < 0 ? std::generic_category().message(errno)
                      : "the file cannot grow (the disk is full, or its size is limited)");
}

}  // namespace

std::atomic<bool> is_on = false;

std::optional<std::string> start(const std::string& pattern) {
  static std::atomic<bool> begun = false;
  if (pattern.empty() || begun.exchange(true)) return std::nullopt;
  const char* const rank = rank_of_process();
  const std::string file = file_name(pattern, ::getpid(), rank ? rank : "0");
  try {
    Descriptor opened = open_to_append(file);
    struct stat status{};
    if (::fstat(opened.get(), &status) != 0 || !is_trace(opened.get(), status))
      return "the file '" + file + "' exists and is no trace: remove it, or give another name";
    target = new Target{file, opened.release(), status.st_dev, status.st_ino};
  } catch (const FileError& error) {
    if (error.error_number() == ELOOP)
      return "the file '" + file + "' is a symbolic link, which is not followed: use the name of its target";
    return error.what();
  }
  is_on = true;
  return std::nullopt;
}

void record(const char* name, std::string_view signature, Clock::time_point begin, Clock::time_point end) noexcept try {
  append(namings() + separator +
         event(json_text(name), "X",
               ",\"cat\":\"dijitso\",\"ts\":" + microseconds(begin.time_since_epoch()) +
                   ",\"dur\":" + microseconds(end - begin) + ",\"args\":{\"signature\":" + json_text(signature) + "}"));
} catch (const std::exception&) {
}

void name_thread(const char* name) { thread_name = name; }

std::string file_name(std::string_view pattern, long pid, std::string_view rank) {
  std::string name;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char next = pattern[i] == '%' && i + 1 < pattern.size() ? pattern[i + 1] : '\0';
    if (next == 'p')
      name += std::to_string(pid);
    else if (next == 'r')
      name += rank;
    else
      name += pattern[i];
    if (next == 'p' || next == 'r' || next == '%') ++i;
  }
  return name;
}

}  // namespace dijitso::trace
