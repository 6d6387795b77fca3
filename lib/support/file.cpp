// Reads and writes files as a whole, so that other processes on the same (network) file system see a complete file or
// none.
//
// A file is written with a temporary name and then linked to its own name. link() fails when the name exists, so the
// first writer wins. On file systems without hard links, renameat2(RENAME_NOREPLACE) is used; where that is missing
// too, a check and rename(), so that two simultaneous writers may replace one complete file by another. Tested in
// unittests/support/file_test.cpp.
#include "support/file.h"

#include "support/descriptor.h"
#include "support/directory.h"
#include "support/file_size_signal.h"
#include "support/hash.h"
#include "support/number.h"
#include "support/process.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <ctime>
#include <system_error>

namespace dijitso {
namespace {

namespace fs = std::filesystem;

constexpr std::time_t day = 24 * 60 * 60;

// Creates a file with a unique name. That name may exist all the same, from an earlier boot or created by another user
// (perhaps as a link to another file). Such a file is never opened; the next name is tried.
Descriptor create_temporary(const fs::path& directory, fs::path& path) {
  for (int attempt = 0; attempt < 100; ++attempt) {
    path = directory / unique_name();
    Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (file.is_open()) return file;
    if (errno != EEXIST && errno != EINTR) break;
  }
  throw FileError("create", path, errno);
}

// Removes the file in its destructor, unless dismiss() was called.
class Remover {
 public:
  explicit Remover(fs::path path) : path_(std::move(path)) {}
  Remover(const Remover&) = delete;
  Remover& operator=(const Remover&) = delete;
  ~Remover() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }
  void dismiss() { path_.clear(); }

 private:
  fs::path path_;
};

// The errors of a file system that does not support an operation.
bool is_unsupported(int error) {
  return error == EPERM || error == ENOTSUP || error == EOPNOTSUPP || error == ENOSYS || error == EINVAL ||
         error == EMLINK;
}

void set_mode(int fd, const fs::path& path, unsigned mode) {
  // Without support for permission bits, the file keeps those of its creation, which allow less.
  if (::fchmod(fd, mode) != 0 && !is_unsupported(errno)) throw FileError("set the permissions of", path, errno);
}

void sync_file(int fd, const fs::path& path) {
  if (::fsync(fd) != 0 && !is_unsupported(errno)) throw FileError("write", path, errno);
}

// Errors are ignored: the file is complete, and if a power failure loses its name, it is only built again.
void sync_directory(const fs::path& directory) {
  Descriptor fd(::open(directory.empty() ? "." : directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.is_open()) ::fsync(fd.get());
}

// Returns false when the name exists.
bool rename_if_free(const fs::path& from, const fs::path& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return true;
  if (errno == EEXIST) return false;
  if (!is_unsupported(errno)) throw FileError("create", to, errno);
  struct stat existing;
  if (::lstat(to.c_str(), &existing) == 0) return false;
  if (::rename(from.c_str(), to.c_str()) != 0) throw FileError("create", to, errno);
  return true;
}

// Gives the file its name. Returns false when the name exists.
bool name_first(const fs::path& temp, const fs::path& target, Remover& remover) {
  if (::link(temp.c_str(), target.c_str()) == 0) return true;
  int error = errno;
  // EXDEV: some file systems link only within one directory.
  if (is_unsupported(error) || error == EXDEV) {
    if (!rename_if_free(temp, target)) return false;
    remover.dismiss();
    return true;
  }
  // A network file system may lose the reply to a successful link() and report the error of the repeated request. The
  // file has two names then.
  struct stat now;
  if (::stat(temp.c_str(), &now) == 0 && now.st_nlink == 2) return true;
  if (error == EEXIST) return false;
  throw FileError("create", target, error);
}

constexpr std::size_t machine_digits = 8;

bool is_lower_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

struct TemporaryName {
  std::string_view machine;
  long pid = 0;
};

// Parses a name from unique_name(); returns nullopt for other names.
std::optional<TemporaryName> parse_temporary_name(std::string_view name) {
  const std::size_t second = name.rfind('-');
  if (second == name.npos || second == 0) return std::nullopt;
  const std::size_t first = name.rfind('-', second - 1);
  if (first == name.npos || !is_machine_name(name.substr(0, first))) return std::nullopt;
  TemporaryName parsed{name.substr(0, first)};
  std::uint64_t counter = 0;
  const bool is_ours = parse_number(name.substr(first + 1, second - first - 1), parsed.pid) &&
                       parse_number(name.substr(second + 1), counter);
  return is_ours ? std::optional(parsed) : std::nullopt;
}

// O_NONBLOCK, because opening a FIFO would wait for its writer.
constexpr int read_flags = O_RDONLY | O_NONBLOCK | O_NOCTTY;

Descriptor open_to_read(int directory, const char* name, bool counts_as_use) {
  Descriptor file = open_existing(directory, name, read_flags | (counts_as_use ? 0 : O_NOATIME));
  if (!file.is_open() && !counts_as_use && errno == EPERM)  // only the owner may use O_NOATIME
    return open_existing(directory, name, read_flags);
  return file;
}

std::optional<Bytes> read_opened(const Descriptor& fd, const fs::path& path, std::uint64_t most_bytes,
                                 const JudgeFile& judge = {}) {
  if (!fd.is_open()) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    throw FileError("read", path, errno == ENXIO ? ENOTSUP : errno);
  }
  struct stat info;
  if (::fstat(fd.get(), &info) != 0) throw FileError("read", path, errno);
  if (S_ISDIR(info.st_mode)) throw FileError("read", path, EISDIR);
  if (!S_ISREG(info.st_mode)) throw FileError("read", path, ENOTSUP);
  if (judge) judge(info);
  if (static_cast<std::uint64_t>(info.st_size) > most_bytes) throw FileError("read", path, EFBIG);
  // The buffer has one byte more than expected, so that a file that has grown is noticed and read further.
  const auto expected = static_cast<std::size_t>(info.st_size);
  Bytes content(expected + 1);
  std::size_t size = 0;
  for (;;) {
    ssize_t got = ::read(fd.get(), content.data() + size, content.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw FileError("read", path, errno);
    size += static_cast<std::size_t>(got);
    if (got == 0 || (size == expected && size > 0)) break;
    if (size > most_bytes) throw FileError("read", path, EFBIG);
    if (size == content.size()) content.resize(2 * size);
  }
  content.resize(size);
  return content;
}

}  // namespace

FileError::FileError(std::string_view action, const fs::path& path, int error_number)
    : std::runtime_error("cannot " + std::string(action) + " '" + path.string() +
                         "': " + std::generic_category().message(error_number)),
      error_number_(error_number) {}

std::optional<Bytes> read_part(const Descriptor& file, const fs::path& path, std::uint64_t offset, std::uint64_t size) {
  Bytes content(size);
  for (std::size_t done = 0; done < size;) {
    const ssize_t got = ::pread(file.get(), content.data() + done, size - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw FileError("read", path, errno);
    if (got == 0) return std::nullopt;
    done += static_cast<std::size_t>(got);
  }
  return content;
}

std::optional<Bytes> read_file(const fs::path& path) {
  return read_opened(open_to_read(AT_FDCWD, path.c_str(), true), path, max_file_size);
}

std::optional<Bytes> inspect_file(const fs::path& path, std::uint64_t most_bytes) {
  return read_opened(open_to_read(AT_FDCWD, path.c_str(), false), path, most_bytes);
}

std::optional<Bytes> read_file_in(const Descriptor& directory, const fs::path& path, bool counts_as_use,
                                  const JudgeFile& judge) {
  return read_opened(open_to_read(directory.get(), path.filename().c_str(), counts_as_use), path, max_file_size, judge);
}

bool publish_file(const fs::path& target, const fs::path& temp_dir, ByteView content, unsigned mode, Publish how,
                  Durability durability) {
  fs::path temp;
  Descriptor fd = create_temporary(temp_dir, temp);
  Remover remover(temp);
  if (const int error = write_all(fd.get(), content)) throw FileError("write", temp, error);
  set_mode(fd.get(), temp, mode);
  if (durability == Durability::synced) sync_file(fd.get(), temp);
  if (!fd.close()) throw FileError("write", temp, errno);
  if (how == Publish::replace) {
    if (::rename(temp.c_str(), target.c_str()) != 0) throw FileError("replace", target, errno);
    remover.dismiss();
  } else if (!name_first(temp, target, remover)) {
    return false;
  }
  if (durability == Durability::synced) sync_directory(target.parent_path());
  return true;
}

bool publish_beside(const fs::path& target, ByteView content, unsigned mode, Publish how, Durability durability) {
  const fs::path directory = target.has_parent_path() ? target.parent_path() : ".";
  remove_stale_temporaries(directory);
  return publish_file(target, directory, content, mode, how, durability);
}

bool remove_file(const fs::path& file) {
  if (::unlink(file.c_str()) == 0) return true;
  if (errno == ENOENT) return false;
  throw FileError("remove", file, errno);
}

void put_back(const fs::path& aside, const fs::path& file) noexcept {
  if (::link(aside.c_str(), file.c_str()) == 0 || errno == EEXIST)
    ::unlink(aside.c_str());
  else
    ::rename(aside.c_str(), file.c_str());  // for file systems without links
}

std::string machine_name() {
  Machine machine = Machine::here();
  return machine.name + "." + blake3(machine.boot + "\n" + machine.pid_namespace).hex().substr(0, machine_digits);
}

bool is_machine_name(std::string_view name) {
  if (name.size() < machine_digits + 2 || name[name.size() - machine_digits - 1] != '.') return false;
  return std::ranges::all_of(name.substr(name.size() - machine_digits), is_lower_hex);
}

bool is_unique_name(std::string_view name) { return parse_temporary_name(name).has_value(); }

std::string unique_name() {
  static std::atomic<std::uint64_t> counter{0};
  return machine_name() + "-" + std::to_string(::getpid()) + "-" + std::to_string(counter++);
}

void remove_stale_temporaries(const fs::path& temp_dir) noexcept {
  try {
    std::string here = machine_name();
    std::time_t now = std::time(nullptr);
    for_each_name(temp_dir, [&](const char* name) {
      const fs::path file = temp_dir / name;
      std::optional<TemporaryName> parsed = parse_temporary_name(name);
      struct stat info;
      if (!parsed || ::lstat(file.c_str(), &info) != 0) return;
      bool ended = parsed->machine == here && is_gone(parsed->pid, std::nullopt);
      if (ended || now - info.st_mtime > day) ::unlink(file.c_str());
    });
  } catch (...) {
    // Out of memory; the next process removes them.
  }
}

}  // namespace dijitso
