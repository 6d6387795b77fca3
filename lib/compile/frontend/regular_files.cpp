// #include, #embed and __has_include of a FIFO or terminal would wait forever, and /dev/zero has no end. So they are
// refused. A directory keeps its own error, because the search for a header continues after a directory with its name.
// The search must not continue after a file that cannot be read: that is an error, so that no other file with the same
// name is used. Tested in unittests/compile/regular_files_test.cpp.

#include "compile/frontend/regular_files.h"

#include "support/descriptor.h"
#include "support/memory_file.h"

#include <fcntl.h>
#include <llvm/Support/MemoryBuffer.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <climits>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

namespace dijitso::compilation {
namespace {

enum class Refusal { not_regular = 1, of_another_size };

class Refusals : public std::error_category {
 public:
  const char* name() const noexcept override { return "dijitso"; }
  std::string message(int code) const override {
    return static_cast<Refusal>(code) == Refusal::not_regular ? "not a regular file"
                                                              : "its size differs from what the system reports";
  }
};

std::error_code make_error_code(Refusal refusal) {
  static const Refusals& category = *new Refusals;  // never destroyed
  return {static_cast<int>(refusal), category};
}

int open_at_once(const char* path) {
  int number = -1;
  do number = ::open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  while (number < 0 && errno == EINTR);
  return number;
}

std::error_code last_error() { return {errno, std::generic_category()}; }

// Returns the real name of the open file, which Clang compares with the requested name.
std::string real_name(int file, llvm::StringRef otherwise) {
  std::array<char, PATH_MAX> name{};
  const ssize_t length = ::readlink(path_of_open_file(file).c_str(), name.data(), name.size());
  return length > 0 ? std::string(name.data(), static_cast<std::size_t>(length)) : otherwise.str();
}

class RegularFile : public llvm::vfs::File {
 public:
  RegularFile(Descriptor file, const struct stat& found, llvm::vfs::Status status)
      : file_(std::move(file)), size_(static_cast<std::size_t>(found.st_size)), status_(std::move(status)) {}

  llvm::ErrorOr<llvm::vfs::Status> status() override { return status_; }
  llvm::ErrorOr<std::string> getName() override { return real_name(file_.get(), status_.getName()); }
  std::error_code close() override { return file_.close() ? std::error_code() : last_error(); }

  // Reads the whole file without mapping it. A file whose length differs from the reported one (files in /proc report
  // length 0) is an error.
  llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>> getBuffer(const llvm::Twine& name, std::int64_t, bool,
                                                               bool) override {
    auto text = llvm::WritableMemoryBuffer::getNewUninitMemBuffer(size_, name);
    if (!text) return std::make_error_code(std::errc::not_enough_memory);
    std::size_t at = 0;
    for (char beyond = 0;;) {
      char* const to = at < size_ ? text->getBufferStart() + at : &beyond;
      const ssize_t count = ::pread(file_.get(), to, std::max<std::size_t>(size_ - at, 1), static_cast<off_t>(at));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return last_error();
      if (count == 0 && at == size_) return std::unique_ptr<llvm::MemoryBuffer>(std::move(text));
      if (count == 0 || at == size_) return make_error_code(Refusal::of_another_size);
      at += static_cast<std::size_t>(count);
    }
  }

 private:
  Descriptor file_;
  const std::size_t size_;
  const llvm::vfs::Status status_;
};

// A file that exists but cannot be read: getBuffer returns the reason. Without it the search would continue and find
// another file with the same name.
class UnreadableFile : public llvm::vfs::File {
 public:
  UnreadableFile(llvm::vfs::Status status, std::error_code reason) : status_(std::move(status)), reason_(reason) {}

  llvm::ErrorOr<llvm::vfs::Status> status() override { return status_; }
  std::error_code close() override { return {}; }
  llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>> getBuffer(const llvm::Twine&, std::int64_t, bool, bool) override {
    return reason_;
  }

 private:
  const llvm::vfs::Status status_;
  const std::error_code reason_;
};

class RegularFiles : public llvm::vfs::ProxyFileSystem {
 public:
  using ProxyFileSystem::ProxyFileSystem;

  // #embed calls this first. If the file then cannot be opened, #embed treats it as empty.
  llvm::ErrorOr<llvm::vfs::Status> status(const llvm::Twine& path) override {
    llvm::ErrorOr<llvm::vfs::Status> found = ProxyFileSystem::status(path);
    if (!found || found->isDirectory()) return found;
    if (!found->isRegularFile()) return make_error_code(Refusal::not_regular);
    if (found->getSize() >= largest_file) return std::make_error_code(std::errc::file_too_large);
    return found;
  }

  // The file may have been replaced after status() was called, and an ordinary open() could then wait.
  llvm::ErrorOr<std::unique_ptr<llvm::vfs::File>> openFileForRead(const llvm::Twine& path) override {
    const llvm::ErrorOr<llvm::vfs::Status> before = this->status(path);
    if (!before) return before.getError();
    if (before->isDirectory()) return std::make_error_code(std::errc::is_a_directory);
    llvm::SmallString<256> name;
    path.toVector(name);
    if (const std::error_code error = makeAbsolute(name)) return error;
    Descriptor file(open_at_once(name.c_str()));
    struct stat found;
    std::error_code refusal = file.is_open() && ::fstat(file.get(), &found) == 0 ? std::error_code() : last_error();
    if (refusal == std::errc::no_such_file_or_directory) return refusal;
    if (!refusal && !S_ISREG(found.st_mode)) refusal = make_error_code(Refusal::not_regular);
    if (!refusal && static_cast<std::uint64_t>(found.st_size) >= largest_file)
      refusal = std::make_error_code(std::errc::file_too_large);
    if (refusal) return std::make_unique<UnreadableFile>(*before, refusal);
    return std::make_unique<RegularFile>(std::move(file), found, status_of(path, found));
  }

 private:
  static llvm::vfs::Status status_of(const llvm::Twine& path, const struct stat& found) {
    const auto changed = std::chrono::seconds(found.st_mtim.tv_sec) + std::chrono::nanoseconds(found.st_mtim.tv_nsec);
    return {path,
            {found.st_dev, found.st_ino},
            llvm::sys::TimePoint<>(std::chrono::duration_cast<llvm::sys::TimePoint<>::duration>(changed)),
            found.st_uid,
            found.st_gid,
            static_cast<std::uint64_t>(found.st_size),
            llvm::sys::fs::file_type::regular_file,
            static_cast<llvm::sys::fs::perms>(found.st_mode & 07777)};
  }
};

}  // namespace

llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> regular_files_of(
    llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> files) {
  return llvm::makeIntrusiveRefCnt<RegularFiles>(std::move(files));
}

}  // namespace dijitso::compilation
