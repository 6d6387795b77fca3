// The documented file operations. They read and publish files as a whole (support/file.h). A move publishes the target
// and then removes the source, so the target is complete at every moment, also on another file system. Tested in
// unittests/support/system_test.cpp.
#include <dijitso/system.h>

#include "support/file.h"
#include "support/file_name.h"
#include "support/gzip.h"

#include <dijitso/error.h>
#include <dijitso/log.h>

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

namespace dijitso::system {
namespace {

namespace fs = std::filesystem;

constexpr unsigned new_file_mode = 0644;
constexpr std::string_view gz = ".gz";

// Converts internal exceptions to public ones.
template <class Action>
auto translated(Action action) {
  try {
    return action();
  } catch (const FileError& error) {
    throw Error(error.what());
  }
}

// Reads a file that must exist.
Bytes read_existing(const fs::path& path) {
  std::optional<Bytes> content = read_file(path);
  if (!content) throw FileError("read", path, ENOENT);
  return std::move(*content);
}

unsigned mode_of(const fs::path& path) {
  struct stat info;
  return ::stat(path.c_str(), &info) == 0 ? info.st_mode & 07777 : new_file_mode;
}

bool publish(const fs::path& target, ByteView content, unsigned mode, Publish how) {
  return publish_file(target, target.parent_path(), content, mode, how);
}

// Whether both are the same directory entry, so that removing one removes the other.
bool is_same_entry(const fs::path& a, const fs::path& b) {
  std::error_code error;
  return a.filename() == b.filename() &&
         fs::equivalent(fs::absolute(a, error).parent_path(), fs::absolute(b, error).parent_path(), error);
}

void copy_file(const fs::path& src, const fs::path& dst) {
  publish(dst, read_existing(src), mode_of(src), Publish::replace);
}

void move_lockfree(const fs::path& src, const fs::path& dst) {
  const Bytes content = read_existing(src);
  if (is_same_entry(src, dst)) return;
  const unsigned mode = mode_of(src);
  for (;;) {
    if (publish(dst, content, mode, Publish::first_wins)) break;
    std::error_code error;
    const bool is_link = fs::is_symlink(dst, error);
    const std::optional<Bytes> existing = read_file(dst);
    if (!existing && !is_link) continue;  // it has just been removed
    if (existing == content && !is_link) break;
    if (existing && existing != content) {
      publish(dst.string() + ".old", *existing, mode_of(dst), Publish::replace);
      log::get_logger().warning("The file '" + dst.string() +
                                "' is replaced by one with other content; it is kept as '" + dst.string() + ".old'.");
    }
    publish(dst, content, mode, Publish::replace);
    break;
  }
  remove_file(src);
}

void rename_or_fail(const std::string& src, const std::string& dst) {
  if (::rename(without_nul(src).c_str(), without_nul(dst).c_str()) == 0 || errno == EEXIST || errno == ENOTEMPTY)
    return;
  throw FileError("rename to '" + dst + "'", src, errno);
}

bool exists(const fs::path& path) {
  struct stat info;
  return ::lstat(path.c_str(), &info) == 0;
}

}  // namespace

void lockfree_move_file(const std::string& src, const std::string& dst) {
  translated([&] { move_lockfree(without_nul(src), without_nul(dst)); });
}

void move_file(const std::string& srcfilename, const std::string& dstfilename) {
  translated([&] {
    if (::rename(without_nul(srcfilename).c_str(), without_nul(dstfilename).c_str()) == 0) return;
    if (errno != EXDEV) throw FileError("move to '" + dstfilename + "'", srcfilename, errno);
    copy_file(srcfilename, dstfilename);
    remove_file(srcfilename);
  });
}

void rename_file(const std::string& src, const std::string& dst) {
  translated([&] { rename_or_fail(src, dst); });
}

void try_rename_file(const std::string& src, const std::string& dst) {
  translated([&] {
    try {
      rename_or_fail(src, dst);
    } catch (const FileError& error) {
      // ENOENT may also mean that the directory of dst is missing.
      if (error.error_number() != ENOENT || exists(src)) throw;
    }
  });
}

void try_copy_file(const std::string& src, const std::string& dst) {
  try {
    copy_file(without_nul(src), without_nul(dst));
  } catch (const std::exception& error) {
    log::get_logger().debug(error.what());
  }
}

void try_delete_file(const std::string& filename) {
  translated([&] { remove_file(without_nul(filename)); });
}

std::string gzip_file(const std::string& filename) {
  const std::string target = without_nul(filename) + std::string(gz);
  return translated([&] {
    if (!exists(target)) publish(target, gzip(read_existing(filename)), mode_of(filename), Publish::first_wins);
    return target;
  });
}

std::string gunzip_file(const std::string& gz_filename) {
  if (!gz_filename.ends_with(gz) || fs::path(gz_filename).filename() == gz)
    throw InvalidArgument("gunzip_file: '" + gz_filename + "' does not end with '.gz': give the compressed file");
  const std::string target = without_nul(gz_filename).substr(0, gz_filename.size() - gz.size());
  return translated([&] {
    if (exists(target)) return target;
    const std::optional<Bytes> content = gunzip(read_existing(gz_filename));
    if (!content) throw Error("'" + gz_filename + "' is not a whole gzip file: it cannot be decompressed");
    publish(target, *content, mode_of(gz_filename), Publish::first_wins);
    return target;
  });
}

std::optional<std::string> read_textfile(const std::string& filename) {
  return translated([&]() -> std::optional<std::string> {
    if (const std::optional<Bytes> plain = read_file(without_nul(filename))) return std::string(as_text(*plain));
    const std::string packed_name = filename + std::string(gz);
    const std::optional<Bytes> packed = read_file(packed_name);
    if (!packed) return std::nullopt;
    const std::optional<Bytes> content = gunzip(*packed);
    if (!content) throw Error("'" + packed_name + "' is not a whole gzip file: it cannot be read");
    return std::string(as_text(*content));
  });
}

void store_textfile(const std::string& filename, std::string_view content) {
  translated([&] { publish(without_nul(filename), as_bytes(content), new_file_mode, Publish::replace); });
}

void make_executable(const std::string& filename) {
  translated([&] {
    struct stat info;
    if (::stat(without_nul(filename).c_str(), &info) != 0 ||
        ::chmod(filename.c_str(), (info.st_mode & 07777) | S_IXUSR) != 0)
      throw FileError("make executable", filename, errno);
  });
}

void make_dirs(const std::string& path) {
  std::error_code error;
  fs::create_directories(without_nul(path), error);
  if (!error && fs::is_directory(path, error)) return;
  // Another process may have created it between the two checks.
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) return;
  throw Error("cannot create the directory '" + path +
              "': " + (error ? error.message() : std::generic_category().message(ENOTDIR)));
}

}  // namespace dijitso::system
