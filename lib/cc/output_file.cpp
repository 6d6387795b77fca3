// A file is written without a name (O_TMPFILE), gets a temporary name when it is complete, and then its own. So a
// killed process leaves nothing, except between two system calls. On file systems that lack unnamed files a temporary
// file beside the output is used; what a killed process leaves there, the next one removes. Tested in
// unittests/cc/output_file_test.cpp.

#include "cc/output_file.h"

#include "support/descriptor.h"
#include "support/file.h"
#include "support/file_size_signal.h"
#include "support/memory_file.h"

#include <dijitso/error.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace dijitso::cc {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const char* what, const std::string& path) {
  throw InvalidArgument(std::string("cannot ") + what + " '" + path + "': " + std::generic_category().message(errno));
}

mode_t usual_mode(Kind kind) {
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return (kind == Kind::program ? 0777 : 0666) & ~mask;
}

// Gives the complete file its name.
void name_file(const Descriptor& file, const fs::path& target) {
  const fs::path temporary = target.parent_path() / unique_name();
  const std::string open_file = path_of_open_file(file.get());
  if (::linkat(AT_FDCWD, open_file.c_str(), AT_FDCWD, temporary.c_str(), AT_SYMLINK_FOLLOW) != 0) fail("write", target);
  if (::rename(temporary.c_str(), target.c_str()) == 0) return;
  const int error = errno;
  ::unlink(temporary.c_str());
  errno = error;
  fail("write", target);
}

// The file that a symbolic link leads to, which need not be there.
fs::path end_of_links(const std::string& path) {
  fs::path target = path;
  std::error_code error;
  for (int links = 0; links < 40 && fs::is_symlink(target, error); ++links)
    target = target.parent_path() / fs::read_symlink(target, error);
  return target.has_parent_path() ? target : "." / target;
}

void replace_file(const std::string& path, ByteView content, Kind kind) {
  const fs::path target = end_of_links(path);
  Descriptor file(
      ::open(target.parent_path().c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, kind == Kind::program ? 0777 : 0666));
  const bool has_no_unnamed_files = !file.is_open() && (errno == EOPNOTSUPP || errno == EISDIR);
  if (has_no_unnamed_files || (file.is_open() && ::access("/proc/thread-self/fd", X_OK) != 0)) try {
      publish_beside(target, content, usual_mode(kind), Publish::replace, Durability::relaxed);
      return;
    } catch (const FileError& error) {
      errno = error.error_number();
      fail("write", path);
    }
  if (!file.is_open()) fail("write", path);
  write_all(file.get(), path, content);
  name_file(file, target);
}

// For the compiler that is started when this one refuses the command line.
void put_back_on_standard_input(const std::string& text) {
  const Descriptor again = open_memory_file("standard input");
  if (!again.is_open()) return;
  write_all(again.get(), "standard input", as_bytes(text));
  if (::lseek(again.get(), 0, SEEK_SET) == 0) ::dup2(again.get(), STDIN_FILENO);
}

}  // namespace

void write_all(int file, const std::string& path, ByteView content) {
  errno = dijitso::write_all(file, content);
  if (errno != 0) fail("write", path);
}

void write_output(const std::string& path, ByteView content, Kind kind) {
  if (path == "-") return write_all(STDOUT_FILENO, "standard output", content);
  struct stat found;
  const bool exists = ::stat(path.c_str(), &found) == 0;
  if (exists && S_ISDIR(found.st_mode)) {
    errno = EISDIR;
    fail("write", path);
  }
  if (!exists || S_ISREG(found.st_mode)) {
    if (exists && ::access(path.c_str(), W_OK) != 0) fail("write", path);
    return replace_file(path, content, kind);
  }
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_TRUNC | O_NOCTTY | O_CLOEXEC));
  if (!file.is_open()) fail("write", path);
  write_all(file.get(), path, content);
}

void remove_old_output(const std::string& path) noexcept {
  struct stat found;
  if (::stat(path.c_str(), &found) == 0 && S_ISREG(found.st_mode)) ::unlink(path.c_str());
}

std::string read_source(const std::string& path) {
  const Descriptor opened(path == "-" ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
                                      : ::open(path.c_str(), O_RDONLY | O_NOCTTY | O_CLOEXEC));
  if (!opened.is_open()) fail("read", path);
  std::string text;
  char buffer[65536];
  for (;;) {
    const ssize_t got = ::read(opened.get(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("read", path);
    if (got == 0) break;
    text.append(buffer, static_cast<std::size_t>(got));
  }
  if (path == "-") put_back_on_standard_input(text);
  return text;
}

}  // namespace dijitso::cc
