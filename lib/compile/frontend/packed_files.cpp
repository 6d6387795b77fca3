// Clang asks for the status of many directories and files, most of which do not exist, and then for texts. The status
// comes from the pack's sorted list; a text is decompressed when Clang reads it. Directories with the same name in
// several packs form one directory. Two names of one file have the same identity, as #pragma once requires. Exceptions
// must not pass through Clang, so the error of a damaged pack is kept for later. Tested in
// unittests/compile/packed_files_test.cpp.
#include "compile/frontend/packed_files.h"

#include "compile/driver/arguments.h"
#include "compile/frontend/disk_files.h"

#include <dijitso/error.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/Path.h>
#include <llvm/Support/xxhash.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace dijitso::compilation {
namespace {

using llvm::vfs::Status;

// Removes "." and "..", which is correct because nothing in memory is a symbolic link.
std::string plain(const llvm::Twine& path) {
  llvm::SmallString<256> text(from_root(path));
  llvm::sys::path::remove_dots(text, /*remove_dot_dot=*/true);
  return std::string(text);
}

bool lies_in(llvm::StringRef path, llvm::StringRef dir) {
  return path.starts_with(dir) && (path.size() == dir.size() || path[dir.size()] == '/');
}

bool is_in_memory(llvm::StringRef path) { return lies_in(path, module_dir) || lies_in(path, packed_headers_dir); }

Status status_of(llvm::StringRef shown, llvm::StringRef identity, std::uint64_t size, llvm::sys::fs::file_type type) {
  constexpr std::uint64_t device = std::numeric_limits<std::uint64_t>::max() - 1;  // no other file system's
  const auto permissions = type == llvm::sys::fs::file_type::directory_file ? 0555 : 0444;
  return Status(shown, {device, llvm::xxh3_64bits(identity)}, {}, 0, 0, size, type,
                static_cast<llvm::sys::fs::perms>(permissions));
}

class Buffer : public llvm::MemoryBuffer {
 public:
  Buffer(PackedText text, std::string name) : text_(std::move(text)), name_(std::move(name)) {
    init(text_.text.begin(), text_.text.end(), /*RequiresNullTerminator=*/true);
  }
  llvm::StringRef getBufferIdentifier() const override { return name_; }
  BufferKind getBufferKind() const override { return MemoryBuffer_Malloc; }

 private:
  PackedText text_;
  std::string name_;
};

class File : public llvm::vfs::File {
 public:
  File(PackedText text, Status status) : text_(std::move(text)), status_(std::move(status)) {}

  llvm::ErrorOr<Status> status() override { return status_; }
  llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>> getBuffer(const llvm::Twine& name, std::int64_t, bool,
                                                               bool) override {
    return std::make_unique<Buffer>(text_, name.str());
  }
  std::error_code close() override { return {}; }

 private:
  PackedText text_;
  Status status_;
};

}  // namespace

PackedFiles::PackedFiles(const HeaderPacks& packs, llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> disk)
    : packs_(packs), disk_(std::move(disk)) {
  for (const auto& pack : packs_)
    for (std::size_t i = 0; i < pack->directories().size(); ++i)
      layers_[pack->directories()[i].name].push_back({pack.get(), i});
}

// `rest` is the path relative to the directory; empty for the directory itself.
std::optional<PackedFiles::Found> PackedFiles::find_in(const Layer& layer, llvm::StringRef name, llvm::StringRef rest,
                                                       llvm::StringRef path) {
  using llvm::sys::fs::file_type;
  const std::vector<PackedFile>& files = layer.pack->files(layer.directory);
  const std::string_view wanted(rest);
  const auto file = std::ranges::lower_bound(files, wanted, {}, &PackedFile::path);
  if (file != files.end() && file->path == wanted) {
    const std::string identity = (name + "/" + files[file->same_as].path).str();
    return Found{layer.pack, &*file, status_of(path, identity, file->size, file_type::regular_file)};
  }
  const std::string inside = rest.empty() ? std::string() : (rest + "/").str();
  const auto first = std::ranges::lower_bound(files, std::string_view(inside), {}, &PackedFile::path);
  if (first == files.end() || !first->path.starts_with(inside)) return std::nullopt;
  return Found{layer.pack, nullptr, status_of(path, path, 0, file_type::directory_file)};
}

std::optional<PackedFiles::Found> PackedFiles::find(llvm::StringRef path) try {
  llvm::StringRef inside = path;
  if (!fault_.empty() || !inside.consume_front(packed_headers_dir) || !inside.consume_front("/")) return std::nullopt;
  const auto [name, rest] = inside.split('/');
  const auto layers = layers_.find(name);
  if (layers == layers_.end()) return std::nullopt;
  for (const Layer& layer : layers->second)
    if (std::optional<Found> found = find_in(layer, name, rest, path)) return found;
  return std::nullopt;
} catch (const Error& error) {
  fault_ = error.what();
  return std::nullopt;
}

llvm::ErrorOr<Status> PackedFiles::status(const llvm::Twine& path) {
  const std::string wanted = plain(path);
  if (!is_in_memory(wanted)) return disk_->status(from_root(path));
  const std::optional<Found> found = find(wanted);
  if (!found) return std::make_error_code(std::errc::no_such_file_or_directory);
  return Status::copyWithNewName(found->status, path);
}

llvm::ErrorOr<std::unique_ptr<llvm::vfs::File>> PackedFiles::openFileForRead(const llvm::Twine& path) {
  const std::string wanted = plain(path);
  if (!is_in_memory(wanted)) return disk_->openFileForRead(from_root(path));
  const std::optional<Found> found = find(wanted);
  if (!found) return std::make_error_code(std::errc::no_such_file_or_directory);
  if (!found->file) return std::make_error_code(std::errc::is_a_directory);
  try {
    PackedText text = found->pack->read(*found->file);
    read_.insert(text.owner);
    return std::make_unique<File>(std::move(text), Status::copyWithNewName(found->status, path));
  } catch (const Error& error) {
    fault_ = error.what();
    return std::make_error_code(std::errc::io_error);
  }
}

// Clang lists directories only to find modules of its own, which are not used.
llvm::vfs::directory_iterator PackedFiles::dir_begin(const llvm::Twine& path, std::error_code& error) {
  if (!is_in_memory(plain(path))) return disk_->dir_begin(from_root(path), error);
  error = std::make_error_code(std::errc::operation_not_supported);
  return {};
}

std::error_code PackedFiles::getRealPath(const llvm::Twine& path, llvm::SmallVectorImpl<char>& output) {
  const std::string wanted = plain(path);
  if (!is_in_memory(wanted)) return disk_->getRealPath(from_root(path), output);
  output.assign(wanted.begin(), wanted.end());
  return {};
}

std::error_code PackedFiles::setCurrentWorkingDirectory(const llvm::Twine& path) {
  return plain(path) == "/" ? std::error_code() : std::make_error_code(std::errc::operation_not_supported);
}

}  // namespace dijitso::compilation
