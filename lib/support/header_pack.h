// A pack of headers: directories with headers in one compressed file that is verified as it is read. It takes the place
// of directories on machines that do not have them. docs/header-packs.md specifies the format.
//
// The beginning, which names the directories and their digests, is read when a pack is opened (a few kilobytes); the
// list of files at its first use; texts one by one, when they are asked for. The file stays open, so a pack may be
// replaced or removed meanwhile. It is read, never mapped. Thread-safety: all functions of a pack may be called from
// any thread. Errors: CacheError that names the file and the remedy, whatever the file contains; no more memory is used
// than the limits below. Tested in unittests/support/header_pack_test.cpp.
#pragma once

#include "support/bytes.h"
#include "support/descriptor.h"
#include "support/fork.h"
#include "support/hash.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace dijitso {

// The folder in which packed directories seem to lie, by their names. It exists in memory only.
inline constexpr std::string_view packed_headers_dir = "/dijitso-headers";

// What a directory is to the compiler. Those of the system are searched in this order, after all others; one that was
// `given` only where a parameter or flag names it.
enum class HeaderKind : std::uint8_t { given, cxx, libcxx, clang, local, c };

// "include directory", "C++ library", ...
std::string_view name_of(HeaderKind kind);

struct PackedDirectory {
  HeaderKind kind = HeaderKind::given;
  std::uint8_t place = 0;  // among the directories of its kind
  std::string name;        // the same wherever it was packed: "c++", "c2", "ufc-0123456789abcdef"
  Digest digest;           // of the names and texts in it
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  std::vector<std::string> paths;  // where it lay when it was packed; no part of any digest

  bool operator==(const PackedDirectory&) const = default;
};

struct PackedFile {
  std::string_view path;  // in its directory: "bits/stl_vector.h"
  std::uint32_t size = 0;
  std::uint32_t block = 0;    // where its text is,
  std::uint32_t offset = 0;   // and where in there
  std::uint32_t same_as = 0;  // the first file of the directory that is this one under another name, or itself
  Digest digest;
};

struct PackedText {
  std::string_view text;              // a NUL character follows it
  std::shared_ptr<const void> owner;  // of the text
};

class HeaderPack {
 public:
  static std::shared_ptr<const HeaderPack> open(const std::string& path);
  HeaderPack(const HeaderPack&) = delete;
  HeaderPack& operator=(const HeaderPack&) = delete;

  const std::string& path() const { return path_; }
  std::uint64_t size() const { return size_; }
  // Of everything that a compiler can see of it.
  const Digest& digest() const { return digest_; }
  const std::vector<PackedDirectory>& directories() const { return directories_; }

  // Those of a directory, by its number, sorted by path.
  const std::vector<PackedFile>& files(std::size_t directory) const;
  PackedText read(const PackedFile& file) const;

  // Reads everything.
  void verify(const std::function<void(std::size_t done, std::size_t all)>& progress = {}) const;

 private:
  struct Block {
    std::uint64_t offset;
    std::uint32_t stored;
    std::uint32_t size;
  };
  struct Index {
    Bytes bytes;  // the paths lie in here
    std::vector<std::vector<PackedFile>> files;
    std::vector<Block> blocks;
  };

  explicit HeaderPack(const std::string& path);
  [[noreturn]] void refuse(const std::string& reason) const;
  Bytes read_at(std::uint64_t offset, std::uint64_t size) const;
  void read_header();
  void read_table(ByteView table);
  const Index& index() const;
  void read_index(Index& index) const;
  static std::vector<PackedFile> read_files(ByteReader& reader, const PackedDirectory& directory);
  void check_files(const Index& index) const;
  SharedBytes block(std::uint32_t number) const;

  std::string path_;
  Descriptor file_;
  std::uint64_t size_ = 0;
  Digest digest_;
  std::vector<PackedDirectory> directories_;
  std::uint64_t index_offset_ = 0;
  std::uint64_t index_stored_ = 0;
  std::uint64_t index_size_ = 0;
  Digest index_digest_;
  std::uint64_t blocks_ = 0;

  mutable forking::Mutex mutex_;  // guards what follows
  mutable std::unique_ptr<const Index> read_index_;
  mutable std::vector<std::weak_ptr<const Bytes>> unpacked_;  // what others still use
};

// Several: of those that have a file, the first one counts.
using HeaderPacks = std::vector<std::shared_ptr<const HeaderPack>>;

}  // namespace dijitso
