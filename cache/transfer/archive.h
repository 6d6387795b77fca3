// Modules in one file, to be carried to other machines: a tar archive, compressed with Zstandard, of a list of what is
// in it and of entries, dependencies first. docs/cache-format.md specifies it. Pure: bytes in, bytes out.
//
// An archive may come from anywhere. Reading unpacks it piece by piece, keeps no more than one entry, and takes nothing
// but what the list at its beginning announces, in this order, as plain files; the list itself is bounded. Whether an
// entry is sound only decode() can say. Tested in unittests/cache/archive_test.cpp.
#pragma once

#include "support/bytes.h"
#include "support/zstd.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dijitso::cache {

inline constexpr std::uint64_t largest_archived_entry = std::uint64_t{256} << 20;
inline constexpr std::uint64_t most_archived_bytes = std::uint64_t{16} << 30;  // of all entries, unpacked
inline constexpr std::uint64_t largest_archive_list = std::uint64_t{16} << 20;

struct ArchiveMember {
  std::string name;  // of the file in obj/: <signature>.<16 hex digits>.o
  std::uint64_t size = 0;

  bool operator==(const ArchiveMember&) const = default;
};

class ArchiveWriter {
 public:
  // CacheError when it would be larger than a reader takes.
  explicit ArchiveWriter(const std::vector<ArchiveMember>& members);

  // The content of each member, in order and of its size.
  void add(const ArchiveMember& member, ByteView content);

  // The same members with the same content always give the same bytes.
  Bytes finish();

 private:
  ZstdWriter out_;
};

class ArchiveReader {
 public:
  // `archive` must outlive this object; `shown_name` is what errors call it. CacheError, here and in next(), for
  // anything but a whole archive; it names the member that is wrong.
  ArchiveReader(ByteView archive, std::string shown_name);

  // What the archive announces.
  const std::vector<ArchiveMember>& members() const { return members_; }

  // The content of the next of them; nullopt when that was the last and nothing follows it.
  std::optional<Bytes> next();

 private:
  [[noreturn]] void refuse(const std::string& reason) const;
  Bytes take(std::uint64_t size, const std::string& what);
  std::uint64_t take_header(const std::string& name);
  Bytes take_content(std::uint64_t size, const std::string& what);
  void read_list();
  void check_end();

  ZstdReader in_;
  std::string shown_name_;
  std::vector<ArchiveMember> members_;
  std::size_t taken_ = 0;
};

}  // namespace dijitso::cache
