// The headers of the tar format (POSIX.1-2001), as far as an archive of plain files needs them. Pure. Tested in
// unittests/cache/tar_test.cpp.
#pragma once

#include "support/bytes.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dijitso::cache {

inline constexpr std::size_t tar_block = 512;

// The number of padding bytes after a content of this size, up to a whole block.
inline std::size_t tar_padding(std::uint64_t size) { return (tar_block - size % tar_block) % tar_block; }

// The header of a plain file: one block, or three when the name has more than 100 bytes. It records only name and size.
Bytes tar_header(std::string_view name, std::uint64_t size);

struct TarHeader {
  static constexpr char file = '0';
  static constexpr char extended = 'x';  // its content describes the next header

  std::string name;
  std::uint64_t size = 0;
  char type = file;
};

// nullopt when `block`, of tar_block bytes, is no header or its checksum does not agree.
std::optional<TarHeader> read_tar_header(ByteView block);

// The name in the content of an extended header; nullopt when it is malformed or has none.
std::optional<std::string> name_in_extended_header(ByteView content);

}  // namespace dijitso::cache
