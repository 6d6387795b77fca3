// The list makes the reader simple: every header must be exactly the next one of the list, so names, types and sizes
// need no checks of their own. Tested in unittests/cache/archive_test.cpp.
#include "cache/transfer/archive.h"

#include "cache/inspect/query.h"
#include "cache/transfer/tar.h"

#include <dijitso/error.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace dijitso::cache {
namespace {

constexpr std::string_view list_name = "dijitso-archive";
constexpr std::string_view first_line = "dijitso archive 1\n";
constexpr std::string_view entry_dir = "obj/";
constexpr std::size_t most_trailing_zeros = 21 * tar_block;  // two blocks, padded by tar programs to a multiple of 20

// Only the name is read from an extended header.
constexpr std::uint64_t largest_extended_header = 64 << 10;

std::string write_list(const std::vector<ArchiveMember>& members) {
  std::string list(first_line);
  for (const ArchiveMember& member : members) list += std::to_string(member.size) + " " + member.name + "\n";
  return list;
}

// What is wrong with a member or with all of them; empty when they are valid.
std::string fault_of(const std::vector<ArchiveMember>& members) {
  std::uint64_t bytes = 0;
  for (const ArchiveMember& member : members) {
    const auto signature = signature_of_obj_file(member.name);
    if (!signature || !is_signature(*signature)) return "'" + member.name + "' is not the name of an entry";
    if (member.size > largest_archived_entry)
      return "'" + member.name + "' has " + std::to_string(member.size) + " bytes; at most " +
             std::to_string(largest_archived_entry) + " are possible";
    bytes += member.size;
    if (bytes > most_archived_bytes)
      return "its entries have more than " + std::to_string(most_archived_bytes) + " bytes; make several archives";
  }
  return {};
}

}  // namespace

ArchiveWriter::ArchiveWriter(const std::vector<ArchiveMember>& members) {
  if (const std::string fault = fault_of(members); !fault.empty())
    throw CacheError("an archive cannot be made: " + fault);
  const std::string list = write_list(members);
  if (list.size() > largest_archive_list) throw CacheError("an archive cannot have so many entries: make several");
  out_.write(tar_header(list_name, list.size()));
  out_.write(as_bytes(list));
  out_.write(Bytes(tar_padding(list.size())));
}

void ArchiveWriter::add(const ArchiveMember& member, ByteView content) {
  out_.write(tar_header(std::string(entry_dir) + member.name, member.size));
  out_.write(content);
  out_.write(Bytes(tar_padding(content.size())));
}

Bytes ArchiveWriter::finish() {
  out_.write(Bytes(2 * tar_block));
  return out_.finish();
}

ArchiveReader::ArchiveReader(ByteView archive, std::string shown_name)
    : in_(archive), shown_name_(std::move(shown_name)) {
  read_list();
}

void ArchiveReader::refuse(const std::string& reason) const {
  throw CacheError("'" + shown_name_ + "' is not a sound archive of modules: " + reason);
}

// Allocates as data arrives, not by the announced size, which may be wrong.
Bytes ArchiveReader::take(std::uint64_t size, const std::string& what) {
  constexpr std::uint64_t piece = 1 << 20;
  Bytes content;
  while (content.size() < size) {
    const std::size_t had = content.size();
    content.resize(had + std::min(piece, size - had));
    const std::optional<std::size_t> got = in_.read(content.data() + had, content.size() - had);
    if (!got) refuse("it is damaged, or no Zstandard file, at " + what);
    if (had + *got < content.size()) refuse("it ends in " + what);
  }
  return content;
}

Bytes ArchiveReader::take_content(std::uint64_t size, const std::string& what) {
  Bytes content = take(size, what);
  take(tar_padding(size), what);
  return content;
}

// Reads the header of the next file, which must have this name, and returns the size.
std::uint64_t ArchiveReader::take_header(const std::string& name) {
  const std::string what = "'" + name + "'";
  std::optional<std::string> long_name;
  for (;;) {
    const std::optional<TarHeader> header = read_tar_header(take(tar_block, what));
    if (!header) refuse(what + " is missing: there is no tar header where its own should be");
    if (header->type == TarHeader::extended && !long_name && header->size <= largest_extended_header) {
      long_name = name_in_extended_header(take_content(header->size, what));
      if (!long_name) refuse("the extended header of " + what + " is malformed");
      continue;
    }
    const std::string found = long_name.value_or(header->name);
    if (found != name) refuse("it has '" + found + "' where " + what + " should be");
    if (header->type != TarHeader::file)
      refuse(what + " is not a plain file but of type '" + std::string(1, header->type) + "'");
    return header->size;
  }
}

void ArchiveReader::read_list() {
  const std::uint64_t size = take_header(std::string(list_name));
  if (size > largest_archive_list) refuse("its list has " + std::to_string(size) + " bytes");
  const Bytes content = take_content(size, "its list");
  std::string_view list = as_text(content);
  if (!list.starts_with(first_line))
    refuse("its list does not begin with 'dijitso archive 1'; perhaps another version of dijitso made it");
  for (list.remove_prefix(first_line.size()); !list.empty();) {
    const std::string_view line = list.substr(0, list.find('\n'));
    ArchiveMember member;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), member.size);
    const auto digits = static_cast<std::size_t>(end - line.data());
    if (line.size() == list.size() || error != std::errc() || digits + 1 >= line.size() || line[digits] != ' ')
      refuse("its list is malformed");
    member.name = line.substr(digits + 1);
    members_.push_back(std::move(member));
    list.remove_prefix(line.size() + 1);
  }
  if (const std::string fault = fault_of(members_); !fault.empty()) refuse(fault);
}

std::optional<Bytes> ArchiveReader::next() {
  if (taken_ == members_.size()) {
    check_end();
    return std::nullopt;
  }
  const ArchiveMember& member = members_[taken_++];
  const std::string name = std::string(entry_dir) + member.name;
  const std::uint64_t size = take_header(name);
  if (size != member.size)
    refuse("'" + name + "' has " + std::to_string(size) + " bytes, not " + std::to_string(member.size));
  return take_content(size, "'" + name + "'");
}

void ArchiveReader::check_end() {
  Bytes rest(most_trailing_zeros + 1);
  const std::optional<std::size_t> got = in_.read(rest.data(), rest.size());
  if (!got) refuse("it is damaged at its end");
  rest.resize(*got);
  if (rest.size() < 2 * tar_block || rest.size() > most_trailing_zeros ||
      std::ranges::any_of(rest, [](std::uint8_t byte) { return byte != 0; }))
    refuse("it does not end after the last entry of its list");
}

}  // namespace dijitso::cache
