// Reads and publishes files as a whole.
//
// Files are read with read(), not mmap(): a mapped file that is truncated, or that NFS loses, would kill the process.
// Publishing writes a temporary file (O_EXCL, O_NOFOLLOW, fsync) and gives it its name in one step, so a reader sees
// the complete content or no file. Tested in unittests/support/file_test.cpp.
#pragma once

#include "support/bytes.h"

#include <filesystem>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

struct stat;

namespace dijitso {

class Descriptor;

// A failed system call on a path. what() reads "cannot <action> '<path>': <reason>".
class FileError : public std::runtime_error {
 public:
  FileError(std::string_view action, const std::filesystem::path& path, int error_number);
  int error_number() const { return error_number_; }

 private:
  int error_number_;
};

// Files in a cache are much smaller. A larger file is a FileError (EFBIG) instead of running out of memory.
inline constexpr std::uint64_t max_file_size = std::uint64_t{1} << 30;

// Returns the whole content, or nullopt when there is no such file. Throws FileError otherwise: EISDIR for a directory,
// ENOTSUP for a FIFO, socket or device, without waiting for it.
std::optional<Bytes> read_file(const std::filesystem::path& path);

// Like read_file(), but keeps the access time if the user may do so, so that the file does not count as used. Throws
// FileError (EFBIG) when the file is larger than `most_bytes`.
std::optional<Bytes> inspect_file(const std::filesystem::path& path, std::uint64_t most_bytes = max_file_size);

// Checks an open file before it is read. It throws when the file must not be read.
using JudgeFile = std::function<void(const struct stat&)>;

// Like read_file(), for a file in this open directory, even if the directory was renamed. The last part of `path` is
// the file's name. Keeps the access time unless counts_as_use.
std::optional<Bytes> read_file_in(const Descriptor& directory, const std::filesystem::path& path, bool counts_as_use,
                                  const JudgeFile& judge);

// A part of an open file; nullopt when the file ends before. `path` is what a FileError calls it.
std::optional<Bytes> read_part(const Descriptor& file, const std::filesystem::path& path, std::uint64_t offset,
                               std::uint64_t size);

enum class Publish {
  first_wins,  // keep an existing file: link(); where the file system cannot link, rename() if the name is free
  replace,     // rename() over an existing file
};

// The state of a published file after a power failure.
enum class Durability {
  synced,   // complete: fsync of the file before it gets its name, and of the directory afterwards
  relaxed,  // may be incomplete; for files that can be made again and that no program trusts
};

// Writes `content` to a file in `temp_dir` (on the same file system as `target`) and renames it to `target`, with the
// permission bits `mode`. Returns false when first_wins found an existing target. Throws FileError on failure, and
// leaves nothing behind.
bool publish_file(const std::filesystem::path& target, const std::filesystem::path& temp_dir, ByteView content,
                  unsigned mode, Publish how, Durability durability = Durability::synced);

// Like publish_file(), with a temporary file in the directory of the target. Also removes temporary files of killed
// processes there, because no other code does so.
bool publish_beside(const std::filesystem::path& target, ByteView content, unsigned mode, Publish how,
                    Durability durability = Durability::synced);

// Returns false when there is no such file. Throws FileError when it cannot be removed.
bool remove_file(const std::filesystem::path& file);

// Restores the name of a file that was renamed. If another file has that name now, removes the renamed one.
void put_back(const std::filesystem::path& aside, const std::filesystem::path& file) noexcept;

// <host>.<machine>, where <machine> is a short digest of the boot and of the pid namespace.
std::string machine_name();

// A name that no other live process or thread uses: <host>.<machine>-<pid>-<counter>.
std::string unique_name();

// Whether a name has the format of machine_name() or unique_name().
bool is_machine_name(std::string_view name);
bool is_unique_name(std::string_view name);

// Removes files in `temp_dir` that ended processes of this machine left, and those of other machines older than a day.
// Keeps files with other names. Never throws.
void remove_stale_temporaries(const std::filesystem::path& temp_dir) noexcept;

}  // namespace dijitso
