// system::get_status_output: the only function of dijitso that starts a process on request of its caller.
//
// The input is an anonymous file instead of a pipe, so the two processes cannot block each other, and a command that
// does not read its input cannot end this process with SIGPIPE. Tested in unittests/support/command_test.cpp.
#include <dijitso/system.h>

#include "support/descriptor.h"
#include "support/file_name.h"
#include "support/file_size_signal.h"
#include "support/memory_file.h"
#include "support/spawning.h"

#include <dijitso/error.h>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <sstream>
#include <system_error>

namespace dijitso::system {
namespace {

using Environment = std::optional<std::map<std::string, std::string>>;

[[noreturn]] void fail(const std::string& command, const std::string& action, int error) {
  throw Error("cannot " + action + " the command '" + command + "': " + std::generic_category().message(error));
}

// Returns a file without a name that contains `content`, positioned at its beginning.
Descriptor as_file(const std::string& command, const std::string& content) {
  Descriptor file = open_memory_file("dijitso-input");
  if (!file.is_open()) fail(command, "prepare the input of", errno);
  if (const int error = write_all(file.get(), as_bytes(content))) fail(command, "prepare the input of", error);
  ::lseek(file.get(), 0, SEEK_SET);
  return file;
}

pid_t start(const std::vector<std::string>& cmd, int input, int output, const std::optional<std::string>& cwd,
            const Environment& env) {
  FileActions files;
  ::posix_spawn_file_actions_adddup2(&files.actions, input, 0);
  ::posix_spawn_file_actions_adddup2(&files.actions, output, 1);
  ::posix_spawn_file_actions_adddup2(&files.actions, output, 2);
  if (cwd) ::posix_spawn_file_actions_addchdir_np(&files.actions, cwd->c_str());
  std::vector<std::string> words = cmd, variables;
  if (env)
    for (const auto& [name, value] : *env) variables.push_back(name + "=" + value);
  pid_t pid = -1;
  const int error = ::posix_spawnp(&pid, cmd[0].c_str(), &files.actions, nullptr, pointers(words).data(),
                                   env ? pointers(variables).data() : environ);
  if (error != 0) fail(cmd[0], cwd ? "start in the directory '" + *cwd + "'" : "start", error);
  return pid;
}

std::string read_all(int fd) {
  std::string text;
  std::array<char, 4096> buffer;
  for (;;) {
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace

StatusOutput get_status_output(const std::vector<std::string>& cmd, const std::optional<std::string>& input,
                               const std::optional<std::string>& cwd, const Environment& env) {
  if (cmd.empty() || cmd[0].empty()) throw InvalidArgument("get_status_output: the command is empty");
  for (const std::string& word : cmd) without_nul(word);
  if (cwd) without_nul(*cwd);
  std::array<int, 2> ends;
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail(cmd[0], "make a pipe for", errno);
  const Descriptor output(ends[0]);
  Descriptor child_end(ends[1]);
  const Descriptor stdin_file = input ? as_file(cmd[0], *input) : Descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const pid_t pid = start(cmd, stdin_file.get(), child_end.get(), cwd, env);
  child_end.close();
  StatusOutput result;
  result.output = read_all(output.get());
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0)
    if (errno == ECHILD)
      throw Error("cannot find out the status of the command '" + cmd[0] +
                  "': this process ignores SIGCHLD, or something else in it has waited for all of its children; let it "
                  "have the default handler of that signal");
    else if (errno != EINTR)
      fail(cmd[0], "find out the status of", errno);
  result.status = WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
  return result;
}

StatusOutput get_status_output(const std::string& cmd, const std::optional<std::string>& input,
                               const std::optional<std::string>& cwd, const Environment& env) {
  std::istringstream text(cmd);
  std::vector<std::string> words;
  for (std::string word; text >> word;) words.push_back(word);
  return get_status_output(words, input, cwd, env);
}

}  // namespace dijitso::system
