// posix_spawn cannot set limits, so prlimit sets them from outside before the program gets its first input. The input
// is a socket instead of a pipe, because writing to a socket need not raise SIGPIPE. Writing and reading alternate as
// the program allows, so neither side can block the other.
#include "support/limited_process.h"

#include "support/descriptor.h"
#include "support/memory_file.h"
#include "support/spawning.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <system_error>

namespace dijitso {
namespace {

using Clock = std::chrono::steady_clock;

std::string reason(int error) { return std::generic_category().message(error); }

struct Ends {
  Descriptor parent, child;
};

template <class Make>
Ends make_ends(Make make) {
  std::array<int, 2> ends = {-1, -1};
  make(ends.data());
  Ends open{Descriptor(ends[0]), Descriptor(ends[1])};
  ::fcntl(open.parent.get(), F_SETFL, O_NONBLOCK);
  return open;
}

class LimitedProcess {
 public:
  LimitedProcess(const ProcessLimits& limits, const NextInput& next_input)
      : limits_(limits), next_input_(next_input), deadline_(Clock::now() + limits.wall) {}
  ~LimitedProcess() { kill_program(); }

  ProcessResult run(const std::filesystem::path& program, const std::vector<std::string>& arguments) {
    if (const int error = start(program, arguments); error != 0) return {"", "cannot be started: " + reason(error)};
    set_limits();
    exchange();
    if (result_.failure.empty()) wait_for_end();
    kill_program();
    return std::move(result_);
  }

 private:
  int start(const std::filesystem::path& program, const std::vector<std::string>& arguments) {
    if (input_.parent.get() < 0 || output_.parent.get() < 0 || errors_.get() < 0) return EMFILE;
    FileActions files;
    ::posix_spawn_file_actions_adddup2(&files.actions, input_.child.get(), 0);
    ::posix_spawn_file_actions_adddup2(&files.actions, output_.child.get(), 1);
    ::posix_spawn_file_actions_adddup2(&files.actions, errors_.get(), 2);
    ::posix_spawn_file_actions_addclosefrom_np(&files.actions, 3);
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    sigset_t none, all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setsigdefault(&attributes, &all);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    std::vector<std::string> words = {program.string()}, variables = {"LC_ALL=C"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    if (const char* libraries = std::getenv("LD_LIBRARY_PATH"))
      variables.push_back(std::string("LD_LIBRARY_PATH=") + libraries);
    const int error = ::posix_spawn(&pid_, program.c_str(), &files.actions, &attributes, pointers(words).data(),
                                    pointers(variables).data());
    ::posix_spawnattr_destroy(&attributes);
    if (error != 0) pid_ = -1;
    input_.child.close();
    output_.child.close();
    return error;
  }

  void set_limits() const {
    const auto limit = [this](__rlimit_resource resource, std::uint64_t soft, std::uint64_t hard) {
      const struct rlimit both{soft, hard};
      ::prlimit(pid_, resource, &both, nullptr);
    };
    const auto cpu = static_cast<std::uint64_t>(limits_.cpu.count());
    limit(RLIMIT_AS, limits_.memory, limits_.memory);
    limit(RLIMIT_CPU, cpu, cpu + 1);  // the soft limit sends a signal that tells the reason
    limit(RLIMIT_CORE, 0, 0);
    limit(RLIMIT_FSIZE, longest_errors, longest_errors);  // the only file that it writes contains its errors
  }

  void exchange() {
    for (bool reading = true; reading;) {
      if (pending_.empty() && input_.parent.get() >= 0 && (pending_ = next_input_()).empty()) end_input();
      std::array<pollfd, 2> wanted = {pollfd{output_.parent.get(), POLLIN, 0}, pollfd{input_.parent.get(), POLLOUT, 0}};
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - Clock::now()).count();
      if (left <= 0) return fail("did not end within " + std::to_string(limits_.wall.count()) + " ms");
      const int ready = ::poll(wanted.data(), wanted.size(), static_cast<int>(std::min<std::int64_t>(left, 1000)));
      if (ready == 0 && has_ended()) return;
      if (wanted[1].revents != 0) write_some();
      if (wanted[0].revents != 0) reading = read_some();
    }
  }

  void write_some() {
    const ssize_t sent = ::send(input_.parent.get(), pending_.data(), pending_.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      pending_ = pending_.subspan(static_cast<std::size_t>(sent));
    } else if (errno != EAGAIN && errno != EINTR) {  // the program has closed its input
      pending_ = {};
      input_.parent.close();
    }
  }

  // Somebody else, such as a child of fork(), may have the socket, so that there is no end of the output.
  bool has_ended() const {
    siginfo_t info{};
    return ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid != 0;
  }

  // The program sees the end even when a child of fork() has the socket, too.
  void end_input() {
    ::shutdown(input_.parent.get(), SHUT_WR);
    input_.parent.close();
  }

  // Returns false at the end of the output.
  bool read_some() {
    std::array<char, 65536> buffer;
    const ssize_t got = ::read(output_.parent.get(), buffer.data(), buffer.size());
    if (got < 0) return errno == EAGAIN || errno == EINTR;
    result_.output.append(buffer.data(), static_cast<std::size_t>(got));
    if (result_.output.size() <= limits_.output) return got > 0;
    fail("wrote more than " + std::to_string(limits_.output) + " bytes");
    return false;
  }

  // The program may close its output and continue to run.
  void wait_for_end() {
    int status = 0;
    for (;;) {
      const pid_t ended = ::waitpid(pid_, &status, WNOHANG);
      if (ended == pid_) break;
      if (ended < 0 && errno != EINTR) {  // this process ignores SIGCHLD, or other code has reaped the child
        pid_ = -1;
        return;
      }
      if (Clock::now() >= deadline_) return fail("did not end within " + std::to_string(limits_.wall.count()) + " ms");
      ::poll(nullptr, 0, 1);
    }
    pid_ = -1;
    if (WIFSIGNALED(status))
      fail("was ended by signal " + std::to_string(WTERMSIG(status)) + " (" + ::strsignal(WTERMSIG(status)) + ")");
    else if (WEXITSTATUS(status) != 0)
      fail("ended with exit code " + std::to_string(WEXITSTATUS(status)));
  }

  void fail(std::string how) {
    std::array<char, 500> text{};
    const ssize_t got = ::pread(errors_.get(), text.data(), text.size(), 0);
    const std::string errors(text.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    const std::string line = errors.substr(0, errors.find('\n'));
    result_.failure = std::move(how) + (line.empty() ? "" : ": " + line);
  }

  void kill_program() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
  }

  static constexpr std::uint64_t longest_errors = 1 << 16;

  const ProcessLimits limits_;
  const NextInput& next_input_;
  const Clock::time_point deadline_;
  Ends input_ = make_ends([](int* ends) { ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends); });
  Ends output_ = make_ends([](int* ends) { ::pipe2(ends, O_CLOEXEC); });
  Descriptor errors_ = open_memory_file("dijitso-errors");
  pid_t pid_ = -1;
  ByteView pending_;
  ProcessResult result_;
};

}  // namespace

ProcessResult run_limited(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                          const ProcessLimits& limits, const NextInput& next_input) {
  return LimitedProcess(limits, next_input).run(program, arguments);
}

}  // namespace dijitso
