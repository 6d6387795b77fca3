// A header is a block of fields with fixed places; numbers are octal text. An extended header before it holds a long
// name, as a record "<length of the record> path=<name>\n". Tested in unittests/cache/tar_test.cpp.
#include "cache/transfer/tar.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdio>
#include <cstring>

namespace dijitso::cache {
namespace {

struct Block {
  char name[100] = {};
  char mode[8] = {'0', '0', '0', '0', '4', '4', '4'};
  char uid[8] = {'0', '0', '0', '0', '0', '0', '0'};
  char gid[8] = {'0', '0', '0', '0', '0', '0', '0'};
  char size[12] = {};
  char mtime[12] = {'0', '0', '0', '0', '0', '0', '0', '0', '0', '0', '0'};
  char checksum[8] = {' ', ' ', ' ', ' ', ' ', ' ', ' ', ' '};
  char type = TarHeader::file;
  char link[100] = {};
  char magic[6] = {'u', 's', 't', 'a', 'r'};
  char version[2] = {'0', '0'};
  char owner_and_device[80] = {};
  char prefix[155] = {};
  char rest[12] = {};
};
static_assert(sizeof(Block) == tar_block);

// The sum of all bytes, in which the checksum field counts as spaces.
unsigned sum_of(Block block) {
  std::memset(block.checksum, ' ', sizeof block.checksum);
  unsigned sum = 0;
  for (std::size_t i = 0; i < sizeof block; ++i) sum += reinterpret_cast<const unsigned char*>(&block)[i];
  return sum;
}

template <std::size_t size>
std::string text_in(const char (&field)[size]) {
  return {field, ::strnlen(field, size)};
}

template <std::size_t size>
std::optional<std::uint64_t> number_in(const char (&field)[size]) {
  const char* const end = field + size;
  const char* const begin = std::find_if(field, end, [](char c) { return c != ' '; });
  std::uint64_t number = 0;
  const auto [rest, error] = std::from_chars(begin, end, number, 8);
  if (error != std::errc() || (rest != end && *rest != ' ' && *rest != '\0')) return std::nullopt;
  return number;
}

void append(Bytes& out, std::string_view name, std::uint64_t size, char type) {
  Block block;
  std::memcpy(block.name, name.data(), std::min(name.size(), sizeof block.name));
  std::snprintf(block.size, sizeof block.size, "%011llo", static_cast<unsigned long long>(size));
  block.type = type;
  std::snprintf(block.checksum, sizeof block.checksum, "%06o", sum_of(block));
  append_value(out, block);
}

// The length includes its own digits.
std::string path_record(std::string_view name) {
  const std::string rest = " path=" + std::string(name) + "\n";
  std::size_t length = rest.size();
  while (std::to_string(length).size() + rest.size() != length) ++length;
  return std::to_string(length) + rest;
}

}  // namespace

Bytes tar_header(std::string_view name, std::uint64_t size) {
  Bytes header;
  if (name.size() > sizeof Block::name) {
    const std::string record = path_record(name);
    append(header, "long name", record.size(), TarHeader::extended);
    header.insert(header.end(), record.begin(), record.end());
    header.resize(header.size() + tar_padding(record.size()));
  }
  append(header, name, size, TarHeader::file);
  return header;
}

std::optional<TarHeader> read_tar_header(ByteView bytes) {
  const auto block = value_at<Block>(bytes, 0);
  const std::optional<std::uint64_t> size = number_in(block.size);
  if (std::memcmp(block.magic, "ustar", 5) != 0 || !size || number_in(block.checksum) != sum_of(block))
    return std::nullopt;
  TarHeader header{text_in(block.name), *size, block.type == '\0' ? TarHeader::file : block.type};
  const bool is_posix = block.magic[5] == '\0';  // in other formats the prefix field has another meaning
  if (is_posix && block.prefix[0] != '\0') header.name = text_in(block.prefix) + "/" + header.name;
  return header;
}

std::optional<std::string> name_in_extended_header(ByteView content) {
  std::string_view rest = as_text(content);
  std::optional<std::string> name;
  while (!rest.empty()) {
    std::size_t length = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), length);
    const auto digits = static_cast<std::size_t>(end - rest.data());
    if (error != std::errc() || length > rest.size() || length < digits + 2 || rest[digits] != ' ' ||
        rest[length - 1] != '\n')
      return std::nullopt;
    const std::string_view record = rest.substr(digits + 1, length - digits - 2);
    if (record.starts_with("path=")) name = record.substr(5);
    rest.remove_prefix(length);
  }
  return name;
}

}  // namespace dijitso::cache
