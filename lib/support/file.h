// Files that are read whole and published whole.
//
// Reading uses read(), never mmap: a file that is truncated under a mapping, or that NFS loses, would kill the process.
// Publishing writes a temporary file (O_EXCL, O_NOFOLLOW, fsync) and gives it its name in one step, so a reader
// sees the complete content or no file. Tested in unittests/support/file_test.cpp.
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

// Nothing that belongs into a cache comes near this size; a larger file is a FileError (EFBIG), not a lack of memory.
inline constexpr std::uint64_t max_file_size = std::uint64_t{1} << 30;

// The whole content, or nullopt when there is no such file. FileError for anything else: EISDIR for a directory,
// ENOTSUP for a FIFO, a socket or a device, which is not even waited for.
std::optional<Bytes> read_file(const std::filesystem::path& path);

// The same, but the file does not count as used: its access time stays, where the user may say so.
// One that is larger than `most_bytes` is a FileError (EFBIG).
std::optional<Bytes> inspect_file(const std::filesystem::path& path, std::uint64_t most_bytes = max_file_size);

// Looks at an open file before anything of it is read; throws when it is not to be read.
using JudgeFile = std::function<void(const struct stat&)>;

// The same for a file of this open directory, whatever the directory is called by now; of `path`, the last part is its
// name there. Without counts_as_use its access time stays.
std::optional<Bytes> read_file_in(const Descriptor& directory, const std::filesystem::path& path, bool counts_as_use,
                                  const JudgeFile& judge);

// A part of an open file; nullopt when the file ends before. `path` is what a FileError calls it.
std::optional<Bytes> read_part(const Descriptor& file, const std::filesystem::path& path, std::uint64_t offset,
                               std::uint64_t size);

enum class Publish {
  first_wins,  // keep an existing file: link(); where the file system cannot link, rename() if the name is free
  replace,     // rename() over an existing file
};

// What is left of a published file after a power failure.
enum class Durability {
  synced,   // the complete file: fsync before it gets its name, and of the directory after
  relaxed,  // perhaps an incomplete one; for files that can be made again and that no program trusts
};

// Writes `content` to `temp_dir` (same file system as `target`) and gives it the name `target` with the permission bits
// `mode`. Returns false when first_wins found an existing target. FileError when it failed; nothing is left behind
// then.
bool publish_file(const std::filesystem::path& target, const std::filesystem::path& temp_dir, ByteView content,
                  unsigned mode, Publish how, Durability durability = Durability::synced);

// The same for a file in any directory: it is written beside its target, where nobody else would remove what killed
// processes have left.
bool publish_beside(const std::filesystem::path& target, ByteView content, unsigned mode, Publish how,
                    Durability durability = Durability::synced);

// Gives a file that was moved away its name again, unless there is another by now; then this one is removed.
void put_back(const std::filesystem::path& aside, const std::filesystem::path& file) noexcept;

// <host>.<machine>, where <machine> is a short digest of the boot and of the pid namespace.
std::string machine_name();

// A name that no other live process or thread uses: <host>.<machine>-<pid>-<counter>.
std::string unique_name();

// Whether a name may be one of these.
bool is_machine_name(std::string_view name);
bool is_unique_name(std::string_view name);

// Removes the files in `temp_dir` that ended processes of this machine left, and those of any machine older than a day;
// files with other names stay. Never throws.
void remove_stale_temporaries(const std::filesystem::path& temp_dir) noexcept;

}  // namespace dijitso
