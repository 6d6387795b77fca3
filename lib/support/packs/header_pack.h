// A pack of headers: directories with headers in one compressed file, which is verified when it is read. It replaces
// these directories on machines without them. docs/header-packs.md specifies the format.
//
// Opening a pack reads its beginning with the directories and their digests (a few kilobytes). The list of files is
// read at its first use, and each text when it is requested. The file stays open, so a pack may be replaced or removed
// meanwhile. It is read, never mapped. Thread-safety: all functions of a pack may be called from any thread. Errors:
// CacheError that names the file and the remedy, whatever the file contains; memory use is limited as below. Tested in
// unittests/support/header_pack_test.cpp.
#pragma once

#include "support/bytes.h"
#include "support/descriptor.h"
#include "support/fork.h"
#include "support/hash.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace dijitso {

// The virtual folder of packed directories. It exists in memory only.
inline constexpr std::string_view packed_headers_dir = "/dijitso-headers";

// The role of a directory for the compiler. Directories of the system are searched in this order, after all others. A
// `given` directory is searched only when a parameter or flag names it.
enum class HeaderKind : std::uint8_t { given, cxx, libcxx, clang, local, c };

// "include directory", "C++ library", ...
std::string_view name_of(HeaderKind kind);

struct PackedDirectory {
  HeaderKind kind = HeaderKind::given;
  std::uint8_t place = 0;  // position among the directories of its kind
  std::string name;        // the same for every original location: "c++", "c2", "ufc-0123456789abcdef"
  Digest digest;           // of the file names and texts in it
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  std::vector<std::string> paths;  // its original locations; not part of any digest

  bool operator==(const PackedDirectory&) const = default;
};

struct PackedFile {
  std::string_view path;  // relative to its directory: "bits/stl_vector.h"
  std::uint32_t size = 0;
  std::uint32_t block = 0;    // the block with its text
  std::uint32_t offset = 0;   // position of the text in the block
  std::uint32_t same_as = 0;  // index of the first name of the same file in the directory, or its own
  Digest digest;
};

struct PackedText {
  std::string_view text;              // a NUL character follows it
  std::shared_ptr<const void> owner;  // owner of the text
};

class HeaderPack {
 public:
  static std::shared_ptr<const HeaderPack> open(const std::string& path);
  HeaderPack(const HeaderPack&) = delete;
  HeaderPack& operator=(const HeaderPack&) = delete;

  const std::string& path() const { return path_; }
  std::uint64_t size() const { return size_; }
  // The digest of everything that a compiler can read in it.
  const Digest& digest() const { return digest_; }
  const std::vector<PackedDirectory>& directories() const { return directories_; }

  // The files of a directory (by index), sorted by path.
  const std::vector<PackedFile>& files(std::size_t directory) const;
  PackedText read(const PackedFile& file) const;

  // Reads and verifies everything.
  void verify(const std::function<void(std::size_t done, std::size_t all)>& progress = {}) const;

 private:
  struct Block {
    std::uint64_t offset;
    std::uint32_t stored;
    std::uint32_t size;
  };
  struct Index {
    Bytes bytes;  // contains the paths
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

  mutable forking::Mutex mutex_;
  mutable std::unique_ptr<const Index> read_index_ DIJITSO_GUARDED_BY(mutex_);
  mutable std::vector<std::weak_ptr<const Bytes>> unpacked_ DIJITSO_GUARDED_BY(mutex_);  // blocks that are still in use
};

// Several packs; a file is taken from the first pack that has it.
using HeaderPacks = std::vector<std::shared_ptr<const HeaderPack>>;

}  // namespace dijitso
