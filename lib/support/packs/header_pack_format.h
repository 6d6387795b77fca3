// Definitions for reading and writing header packs: positions in the header, limits, and the texts of which digests are
// computed. docs/header-packs.md describes the format. Pure.
#pragma once

#include "support/packs/header_pack.h"

namespace dijitso::header_pack {

inline constexpr std::string_view magic = "dijitso headers\n";
inline constexpr std::uint32_t schema = 1;

// Positions in the header.
inline constexpr std::size_t schema_at = 16;
inline constexpr std::size_t directories_at = 20;
inline constexpr std::size_t table_size_at = 24;
inline constexpr std::size_t blocks_at = 32;
inline constexpr std::size_t index_stored_at = 40;
inline constexpr std::size_t index_size_at = 48;
inline constexpr std::size_t file_size_at = 56;
inline constexpr std::size_t digest_at = 64;
inline constexpr std::size_t table_digest_at = 96;
inline constexpr std::size_t index_digest_at = 128;
inline constexpr std::size_t header_digest_at = 160;
inline constexpr std::size_t header_size = 192;

inline constexpr std::uint64_t largest_table = std::uint64_t{16} << 20;
inline constexpr std::uint64_t largest_index = std::uint64_t{256} << 20;
inline constexpr std::uint64_t largest_file = std::uint64_t{64} << 20;
inline constexpr std::uint64_t largest_block = largest_file + 1;

// The digest of a directory: file names, sizes and texts, and which names are the same file.
inline Digest digest_of(const std::vector<PackedFile>& files) {
  Bytes text;
  for (const PackedFile& file : files) {
    append_text<std::uint32_t>(text, file.path);
    append_value(text, file.size);
    append_value(text, file.same_as);
    append_value(text, file.digest);
  }
  return blake3(text);
}

// The digest of a pack: roles, names and digests of its directories, but not their original locations.
inline Digest digest_of(const std::vector<PackedDirectory>& directories) {
  Bytes text(magic.begin(), magic.end());
  append_value(text, schema);
  for (const PackedDirectory& directory : directories) {
    append_value(text, directory.kind);
    append_value(text, directory.place);
    append_text<std::uint32_t>(text, directory.name);
    append_value(text, directory.digest);
  }
  return blake3(text);
}

// Whether a path is allowed in a pack: a relative path of ordinary names, so that it cannot refer to a file outside its
// directory.
inline bool is_packed_path(std::string_view path) {
  if (path.empty() || path.size() > 4096 || path.find('\0') != path.npos) return false;
  while (true) {
    const std::string_view name = path.substr(0, path.find('/'));
    if (name.empty() || name == "." || name == "..") return false;
    if (name.size() == path.size()) return true;
    path.remove_prefix(name.size() + 1);
  }
}

}  // namespace dijitso::header_pack
