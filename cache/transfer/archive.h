// An archive carries modules to other machines in one file: a tar archive, compressed with Zstandard, of a list of its
// members followed by the entries, dependencies first. docs/cache-format.md specifies it. Pure: bytes in, bytes out.
//
// An archive may come from an untrusted source. Reading unpacks it piece by piece, holds at most one entry, and accepts
// only the members of the list at its beginning, in this order, as plain files; the size of the list is limited.
// Entries are not verified here; decode() does that. Tested in unittests/cache/archive_test.cpp.
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
  // CacheError when the archive would be larger than a reader accepts.
  explicit ArchiveWriter(const std::vector<ArchiveMember>& members);

  // Adds the content of the next member; call it for all members in order.
  void add(const ArchiveMember& member, ByteView content);

  // Returns the archive. Equal members with equal content always give equal bytes.
  Bytes finish();

 private:
  ZstdWriter out_;
};

class ArchiveReader {
 public:
  // `archive` must outlive this object; errors call it `shown_name`. CacheError, here and in next(), when the archive
  // is not whole; it names the wrong member.
  ArchiveReader(ByteView archive, std::string shown_name);

  // The members in the list of the archive.
  const std::vector<ArchiveMember>& members() const { return members_; }

  // The content of the next member; nullopt after the last one, when the archive ends there.
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
