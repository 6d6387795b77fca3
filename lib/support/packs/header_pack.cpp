// Three digests protect a pack: one of the header, and in the header one of the table of directories and one of the
// list of files. The list has the digest of every text. The digests of directories and of the pack are computed again
// from the data, so a key describes exactly what a compiler reads. Tested in unittests/support/header_pack_test.cpp.
#include "support/packs/header_pack.h"

#include "support/file.h"
#include "support/packs/header_pack_format.h"
#include "support/zstd.h"

#include <dijitso/error.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <system_error>

namespace dijitso {

using namespace header_pack;

std::string_view name_of(HeaderKind kind) {
  constexpr std::string_view names[] = {"include directory", "C++ library",     "libc++",
                                        "compiler",          "local directory", "C library"};
  return names[static_cast<int>(kind)];
}

HeaderPack::HeaderPack(const std::string& path)
    : path_(path), file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
  if (!file_.is_open())
    throw CacheError("the header pack '" + path + "' cannot be opened: " + std::generic_category().message(errno) +
                     "; make it with 'dijitso-cache pack-headers', or take it out of build.header_packs");
}

std::shared_ptr<const HeaderPack> HeaderPack::open(const std::string& path) {
  const std::shared_ptr<HeaderPack> pack(new HeaderPack(path));
  pack->read_header();
  return pack;
}

void HeaderPack::refuse(const std::string& reason) const {
  throw CacheError("the header pack '" + path_ + "' cannot be used: " + reason +
                   "; make it again with 'dijitso-cache pack-headers', or take it out of build.header_packs");
}

// The caller has checked `size` against the size of the file.
Bytes HeaderPack::read_at(std::uint64_t offset, std::uint64_t size) const {
  try {
    if (std::optional<Bytes> bytes = read_part(file_, path_, offset, size)) return std::move(*bytes);
  } catch (const FileError& error) {
    refuse("it cannot be read: " + std::generic_category().message(error.error_number()));
  }
  refuse("it is truncated");
}

void HeaderPack::read_header() {
  struct stat info{};
  if (::fstat(file_.get(), &info) != 0 || !S_ISREG(info.st_mode)) refuse("it is not a regular file");
  size_ = static_cast<std::uint64_t>(info.st_size);
  if (size_ < header_size) refuse("it is too short");
  const Bytes header = read_at(0, header_size);
  const auto number = [&](std::size_t at) { return value_at<std::uint64_t>(header, at); };
  const auto digest = [&](std::size_t at) { return value_at<Digest>(header, at); };
  if (as_text(ByteView(header).first(magic.size())) != magic) refuse("it is a file of another kind");
  if (blake3(ByteView(header).first(header_digest_at)) != digest(header_digest_at)) refuse("its header is damaged");
  if (value_at<std::uint32_t>(header, schema_at) != schema) refuse("another version of dijitso made it");
  if (number(file_size_at) != size_) refuse("it is truncated, or something was added to it");
  const auto table_size = number(table_size_at);
  index_stored_ = number(index_stored_at);
  index_size_ = number(index_size_at);
  blocks_ = number(blocks_at);
  index_offset_ = header_size + table_size;
  if (table_size > std::min(largest_table, size_ - header_size) || index_stored_ > size_ - index_offset_ ||
      index_size_ > largest_index || blocks_ > index_size_)
    refuse("its header has impossible sizes");
  index_digest_ = digest(index_digest_at);
  digest_ = digest(digest_at);

  const Bytes table = read_at(header_size, table_size);
  if (blake3(table) != digest(table_digest_at)) refuse("its table of directories is damaged");
  read_table(table);
  if (directories_.size() != value_at<std::uint32_t>(header, directories_at) || digest_of(directories_) != digest_)
    refuse("its directories do not match its digest");
}

void HeaderPack::read_table(ByteView table) try {
  for (ByteReader reader(table); !reader.rest().empty();) {
    PackedDirectory directory;
    directory.kind = reader.value<HeaderKind>();
    directory.place = reader.value<std::uint8_t>();
    directory.name = reader.text<std::uint32_t>();
    directory.digest = reader.value<Digest>();
    directory.files = reader.value<std::uint64_t>();
    directory.bytes = reader.value<std::uint64_t>();
    for (auto paths = reader.value<std::uint32_t>(); paths > 0; --paths)
      directory.paths.emplace_back(reader.text<std::uint32_t>());
    const bool is_plain = is_packed_path(directory.name) && directory.name.find('/') == directory.name.npos;
    if (directory.kind > HeaderKind::c || !is_plain) refuse("it has an invalid directory");
    directories_.push_back(std::move(directory));
  }
} catch (const BytesEnd&) {
  refuse("its table of directories is malformed");
}

const HeaderPack::Index& HeaderPack::index() const {
  const Lock lock(mutex_);
  if (!read_index_) {
    auto index = std::make_unique<Index>();
    read_index(*index);
    unpacked_.resize(index->blocks.size());
    read_index_ = std::move(index);
  }
  return *read_index_;
}

void HeaderPack::read_index(Index& index) const try {
  const Bytes stored = read_at(index_offset_, index_stored_);
  if (blake3(stored) != index_digest_) refuse("its list of files is damaged");
  std::optional<Bytes> bytes = zstd_unpacked(stored, index_size_);
  if (!bytes) throw BytesEnd();
  index.bytes = std::move(*bytes);
  ByteReader reader(index.bytes);
  for (const PackedDirectory& directory : directories_) index.files.push_back(read_files(reader, directory));
  for (std::uint64_t i = 0; i < blocks_; ++i) {
    const auto offset = reader.value<std::uint64_t>();
    const auto block_stored = reader.value<std::uint32_t>();
    index.blocks.push_back({offset, block_stored, reader.value<std::uint32_t>()});
  }
  if (!reader.rest().empty()) throw BytesEnd();
  check_files(index);
} catch (const BytesEnd&) {
  refuse("its list of files is malformed");
}

std::vector<PackedFile> HeaderPack::read_files(ByteReader& reader, const PackedDirectory& directory) {
  std::vector<PackedFile> files;
  files.reserve(std::min<std::uint64_t>(directory.files, reader.rest().size() / 52));
  for (std::uint64_t i = 0; i < directory.files; ++i) {
    PackedFile file;
    file.path = reader.text<std::uint32_t>();
    file.size = reader.value<std::uint32_t>();
    file.block = reader.value<std::uint32_t>();
    file.offset = reader.value<std::uint32_t>();
    file.same_as = reader.value<std::uint32_t>();
    file.digest = reader.value<Digest>();
    files.push_back(file);
  }
  return files;
}

// Checks everything on which reading a text relies.
void HeaderPack::check_files(const Index& index) const {
  const std::uint64_t begin = index_offset_ + index_stored_;
  for (const Block& block : index.blocks)
    if (block.offset > size_ - begin || block.stored > size_ - begin - block.offset || block.size > largest_block)
      refuse("it has an invalid block");
  for (std::size_t d = 0; d < directories_.size(); ++d) {
    const std::vector<PackedFile>& files = index.files[d];
    for (std::size_t i = 0; i < files.size(); ++i) {
      const PackedFile& file = files[i];
      if (!is_packed_path(file.path)) refuse("it has a file with an invalid name");
      if (i > 0 && files[i - 1].path >= file.path) refuse("its files are not sorted, or a name occurs twice");
      if (file.block >= index.blocks.size() || file.size >= index.blocks[file.block].size ||
          file.offset >= index.blocks[file.block].size - file.size || file.same_as > i)
        refuse("the text of '" + std::string(file.path) + "' has an impossible position");
    }
    if (digest_of(files) != directories_[d].digest) refuse("its files do not match their digest");
  }
}

const std::vector<PackedFile>& HeaderPack::files(std::size_t directory) const { return index().files.at(directory); }

SharedBytes HeaderPack::block(std::uint32_t number) const {
  const Block& block = index().blocks.at(number);
  {
    const Lock lock(mutex_);
    if (SharedBytes bytes = unpacked_[number].lock()) return bytes;
  }
  std::optional<Bytes> bytes =
      zstd_unpacked(read_at(index_offset_ + index_stored_ + block.offset, block.stored), block.size);
  if (!bytes) refuse("texts in it are damaged");
  auto shared = std::make_shared<const Bytes>(std::move(*bytes));
  const Lock lock(mutex_);
  unpacked_[number] = shared;
  return shared;
}

PackedText HeaderPack::read(const PackedFile& file) const {
  const SharedBytes bytes = block(file.block);
  const ByteView text = ByteView(*bytes).subspan(file.offset, file.size);
  if ((*bytes)[file.offset + file.size] != 0 || blake3(text) != file.digest)
    refuse("the text of '" + std::string(file.path) + "' is damaged");
  return {as_text(text), bytes};
}

void HeaderPack::verify(const std::function<void(std::size_t done, std::size_t all)>& progress) const {
  std::size_t all = 0;
  for (std::size_t d = 0; d < directories_.size(); ++d) all += files(d).size();
  std::size_t done = 0;
  for (std::size_t d = 0; d < directories_.size(); ++d) {
    std::uint64_t bytes = 0;
    std::shared_ptr<const void> kept;  // keeps the block for consecutive files in it
    for (const PackedFile& file : files(d)) {
      kept = read(file).owner;
      bytes += file.size;
      if (progress) progress(++done, all);
    }
    if (bytes != directories_[d].bytes) refuse("a directory has a wrong size");
  }
}

}  // namespace dijitso
