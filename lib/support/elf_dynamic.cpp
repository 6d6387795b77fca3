// Libraries can be large (LLVM's has 120 MB), but only headers, dynamic table and string table are needed. So these
// parts are read with pread(), and the file is never mapped. Tested in unittests/support/elf_dynamic_test.cpp.
#include "support/elf_dynamic.h"

#include "support/descriptor.h"
#include "support/file.h"
#include "support/split.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <string_view>

namespace dijitso {
namespace {

constexpr std::uint64_t largest_table = 64 << 20;

class File {
 public:
  explicit File(const std::filesystem::path& path)
      : path_(path), file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) {
    struct stat info;
    if (!file_.is_open() || ::fstat(file_.get(), &info) != 0) throw FileError("read", path, errno);
    if (!S_ISREG(info.st_mode)) throw FileError("read", path, S_ISDIR(info.st_mode) ? EISDIR : ENOTSUP);
    size_ = static_cast<std::uint64_t>(info.st_size);
  }

  // Returns nullopt when the file is too short.
  std::optional<Bytes> bytes(std::uint64_t offset, std::uint64_t size) const {
    if (size > largest_table || offset > size_ || size > size_ - offset) return std::nullopt;
    return read_part(file_, path_, offset, size);
  }

  template <class T>
  std::optional<std::vector<T>> table(std::uint64_t offset, std::uint64_t count) const {
    if (count > largest_table / sizeof(T)) return std::nullopt;
    const std::optional<Bytes> content = bytes(offset, count * sizeof(T));
    return content ? std::optional(values_at<T>(*content, 0, count)) : std::nullopt;
  }

 private:
  std::filesystem::path path_;
  Descriptor file_;
  std::uint64_t size_ = 0;
};

// Converts an address of the loaded file to an offset in the file.
std::optional<std::uint64_t> offset_of(std::uint64_t address, const std::vector<Elf64_Phdr>& segments) {
  for (const Elf64_Phdr& segment : segments)
    if (segment.p_type == PT_LOAD && address >= segment.p_vaddr && address - segment.p_vaddr < segment.p_filesz)
      return address - segment.p_vaddr + segment.p_offset;
  return std::nullopt;
}

std::vector<std::string> directories_in(std::string_view path) {
  std::vector<std::string> directories;
  for (const std::string_view directory : split(path, ':'))
    if (!directory.empty()) directories.emplace_back(directory);
  return directories;
}

// Returns the dynamic table without its end mark.
std::optional<std::vector<Elf64_Dyn>> read_table(const File& file, const Elf64_Phdr& segment) {
  auto entries = file.table<Elf64_Dyn>(segment.p_offset, segment.p_filesz / sizeof(Elf64_Dyn));
  if (!entries) return std::nullopt;
  for (std::size_t i = 0; i < entries->size(); ++i)
    if ((*entries)[i].d_tag == DT_NULL) entries->resize(i);
  return entries;
}

bool fill(const File& file, const std::vector<Elf64_Phdr>& segments, const std::vector<Elf64_Dyn>& entries,
          ElfDynamic& dynamic) {
  std::uint64_t address = 0, size = 0;
  for (const Elf64_Dyn& entry : entries) {
    if (entry.d_tag == DT_STRTAB) address = entry.d_un.d_ptr;
    if (entry.d_tag == DT_STRSZ) size = entry.d_un.d_val;
  }
  const std::optional<std::uint64_t> offset = offset_of(address, segments);
  std::optional<Bytes> names = offset ? file.bytes(*offset, size) : std::nullopt;
  if (names) names->push_back(0);  // the last name may lack its end
  for (const Elf64_Dyn& entry : entries) {
    const bool is_name =
        entry.d_tag == DT_NEEDED || entry.d_tag == DT_SONAME || entry.d_tag == DT_RPATH || entry.d_tag == DT_RUNPATH;
    if (!is_name) continue;
    if (!names || entry.d_un.d_val >= size) return false;
    const std::string name = reinterpret_cast<const char*>(names->data()) + entry.d_un.d_val;
    if (entry.d_tag == DT_NEEDED) dynamic.needed.push_back(name);
    if (entry.d_tag == DT_SONAME) dynamic.soname = name;
    if (entry.d_tag == DT_RPATH) dynamic.rpath = directories_in(name);
    if (entry.d_tag == DT_RUNPATH) dynamic.runpath = directories_in(name);
  }
  return true;
}

}  // namespace

std::optional<ElfDynamic> read_elf_dynamic(const std::filesystem::path& path) {
  const File file(path);
  const auto headers = file.table<Elf64_Ehdr>(0, 1);
  if (!headers) return std::nullopt;
  const Elf64_Ehdr& header = headers->front();
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_ident[EI_CLASS] != ELFCLASS64 ||
      header.e_ident[EI_DATA] != ELFDATA2LSB || (header.e_type != ET_DYN && header.e_type != ET_EXEC) ||
      header.e_phentsize != sizeof(Elf64_Phdr))
    return std::nullopt;
  const auto segments = file.table<Elf64_Phdr>(header.e_phoff, header.e_phnum);
  if (!segments) return std::nullopt;
  ElfDynamic dynamic;
  dynamic.machine = header.e_machine;
  for (const Elf64_Phdr& segment : *segments) {
    if (segment.p_type != PT_DYNAMIC) continue;
    const auto entries = read_table(file, segment);
    if (!entries || !fill(file, *segments, *entries, dynamic)) return std::nullopt;
    break;
  }
  return dynamic;
}

}  // namespace dijitso
