// Three digests protect a pack: one of the header, and in the header one of the table of directories and one of the
// list of files. The list has the digest of every text. The digests of directories and of the pack are computed again
// from the data, so a key describes exactly what a compiler reads. Tested in unittests/support/header_pack_test.cpp.
#include "support/packs/header_pack.h"

#include "support/descriptor.h"
#include "support/packs/header_pack_format.h"
#include "support/zstd.h"

#include <dijitso/error.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

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

// Reads values in sequence from verified bytes; reading beyond the end makes it bad.
class HeaderPack::Cursor {
 public:
  explicit Cursor(ByteView rest) : rest_(rest) {}

  template <class Number>
  Number number() {
    Number number{};
    if (const ByteView bytes = take(sizeof number); !bytes.empty()) std::memcpy(&number, bytes.data(), sizeof number);
    return number;
  }
  Digest digest() {
    Digest digest;
    const ByteView bytes = take(digest.bytes.size());
    std::copy(bytes.begin(), bytes.end(), digest.bytes.begin());
    return digest;
  }
  std::string_view text() { return as_text(take(number<std::uint32_t>())); }

  bool is_bad() const { return bad_; }
  bool is_read() const { return !bad_ && rest_.empty(); }
  std::size_t left() const { return rest_.size(); }

 private:
  ByteView take(std::size_t size) {
    if (size > rest_.size()) bad_ = true;
    if (bad_) return {};
    const ByteView taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }

  ByteView rest_;
  bool bad_ = false;
};

HeaderPack::HeaderPack(const std::string& path)
    : path_(path), fd_(above_standard(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK))) {
  if (fd_ < 0)
    throw CacheError("the header pack '" + path + "' cannot be opened: " + std::generic_category().message(errno) +
                     "; make it with 'dijitso-cache pack-headers', or take it out of build.header_packs");
}

HeaderPack::~HeaderPack() { ::close(fd_); }

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
  Bytes bytes(size);
  for (std::size_t done = 0; done < size;) {
    const ssize_t got = ::pread(fd_, bytes.data() + done, size - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) refuse("it cannot be read: " + std::generic_category().message(errno));
    if (got == 0) refuse("it is truncated");
    done += static_cast<std::size_t>(got);
  }
  return bytes;
}

void HeaderPack::read_header() {
  struct stat info{};
  if (::fstat(fd_, &info) != 0 || !S_ISREG(info.st_mode)) refuse("it is not a regular file");
  size_ = static_cast<std::uint64_t>(info.st_size);
  if (size_ < header_size) refuse("it is too short");
  const Bytes header = read_at(0, header_size);
  const auto number = [&]<class Number>(std::size_t at, Number result) {
    std::memcpy(&result, header.data() + at, sizeof result);
    return result;
  };
  const auto digest = [&](std::size_t at) {
    Digest result;
    std::copy_n(header.begin() + static_cast<std::ptrdiff_t>(at), result.bytes.size(), result.bytes.begin());
    return result;
  };
  if (as_text(ByteView(header).first(magic.size())) != magic) refuse("it is a file of another kind");
  if (blake3(ByteView(header).first(header_digest_at)) != digest(header_digest_at)) refuse("its header is damaged");
  if (number(schema_at, std::uint32_t{}) != schema) refuse("another version of dijitso made it");
  if (number(file_size_at, std::uint64_t{}) != size_) refuse("it is truncated, or something was added to it");
  const auto table_size = number(table_size_at, std::uint64_t{});
  index_stored_ = number(index_stored_at, std::uint64_t{});
  index_size_ = number(index_size_at, std::uint64_t{});
  blocks_ = number(blocks_at, std::uint64_t{});
  index_offset_ = header_size + table_size;
  if (table_size > std::min(largest_table, size_ - header_size) || index_stored_ > size_ - index_offset_ ||
      index_size_ > largest_index || blocks_ > index_size_)
    refuse("its header has impossible sizes");
  index_digest_ = digest(index_digest_at);
  digest_ = digest(digest_at);

  const Bytes table = read_at(header_size, table_size);
  if (blake3(table) != digest(table_digest_at)) refuse("its table of directories is damaged");
  directories_.reserve(std::min<std::size_t>(number(directories_at, std::uint32_t{}), table.size()));
  read_table(table);
  if (directories_.size() != number(directories_at, std::uint32_t{}) || digest_of(directories_) != digest_)
    refuse("its directories do not match its digest");
}

void HeaderPack::read_table(ByteView table) {
  Cursor cursor(table);
  while (cursor.left() > 0 && !cursor.is_bad()) {
    PackedDirectory directory;
    directory.kind = cursor.number<HeaderKind>();
    directory.place = cursor.number<std::uint8_t>();
    directory.name = cursor.text();
    directory.digest = cursor.digest();
    directory.files = cursor.number<std::uint64_t>();
    directory.bytes = cursor.number<std::uint64_t>();
    for (auto paths = cursor.number<std::uint32_t>(); paths > 0 && !cursor.is_bad(); --paths)
      directory.paths.emplace_back(cursor.text());
    const bool is_plain = is_packed_path(directory.name) && directory.name.find('/') == directory.name.npos;
    if (directory.kind > HeaderKind::c || !is_plain) refuse("it has an invalid directory");
    directories_.push_back(std::move(directory));
  }
  if (!cursor.is_read()) refuse("its table of directories is malformed");
}

const HeaderPack::Index& HeaderPack::index() const {
  const std::lock_guard lock(mutex_);
  if (!read_index_) {
    auto index = std::make_unique<Index>();
    read_index(*index);
    unpacked_.resize(index->blocks.size());
    read_index_ = std::move(index);
  }
  return *read_index_;
}

void HeaderPack::read_index(Index& index) const {
  const Bytes stored = read_at(index_offset_, index_stored_);
  if (blake3(stored) != index_digest_) refuse("its list of files is damaged");
  std::optional<Bytes> bytes = zstd_unpacked(stored, index_size_);
  if (!bytes) refuse("its list of files is malformed");
  index.bytes = std::move(*bytes);
  Cursor cursor(index.bytes);
  for (const PackedDirectory& directory : directories_) index.files.push_back(read_files(cursor, directory));
  for (std::uint64_t i = 0; i < blocks_ && !cursor.is_bad(); ++i) {
    const auto offset = cursor.number<std::uint64_t>();
    const auto block_stored = cursor.number<std::uint32_t>();
    const auto block_size = cursor.number<std::uint32_t>();
    index.blocks.push_back({offset, block_stored, block_size});
  }
  if (!cursor.is_read()) refuse("its list of files is malformed");
  check_files(index);
}

std::vector<PackedFile> HeaderPack::read_files(Cursor& cursor, const PackedDirectory& directory) const {
  std::vector<PackedFile> files;
  files.reserve(std::min<std::uint64_t>(directory.files, cursor.left() / 52));
  for (std::uint64_t i = 0; i < directory.files && !cursor.is_bad(); ++i) {
    PackedFile file;
    file.path = cursor.text();
    file.size = cursor.number<std::uint32_t>();
    file.block = cursor.number<std::uint32_t>();
    file.offset = cursor.number<std::uint32_t>();
    file.same_as = cursor.number<std::uint32_t>();
    file.digest = cursor.digest();
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
    const std::lock_guard lock(mutex_);
    if (SharedBytes bytes = unpacked_[number].lock()) return bytes;
  }
  std::optional<Bytes> bytes =
      zstd_unpacked(read_at(index_offset_ + index_stored_ + block.offset, block.stored), block.size);
  if (!bytes) refuse("texts in it are damaged");
  auto shared = std::make_shared<const Bytes>(std::move(*bytes));
  const std::lock_guard lock(mutex_);
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
