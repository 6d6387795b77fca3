// Tested in tests/cli/doctor_test.py and unittests/cache/doctor_test.cpp.
#include "cache/inspect/doctor.h"

#include "cache/store/directory.h"
#include "support/descriptor.h"
#include "support/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>
#include <utility>

namespace dijitso::cache {
namespace {

namespace fs = std::filesystem;
using State = Checkup::State;

constexpr std::uint64_t mebibyte = 1 << 20;

std::string reason() { return std::generic_category().message(errno); }

fs::path nearest_existing(fs::path path) {
  std::error_code ignored;
  while (!fs::is_directory(path, ignored) && path.has_relative_path()) path = path.parent_path();
  return path.empty() ? "." : path;
}

bool create_new(const fs::path& file) {
  return Descriptor(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)).is_open();
}

class Examination {
 public:
  explicit Examination(const CacheParams& params) : params_(params), dir_(nearest_existing(params.cache_dir)) {}

  std::vector<Checkup> run(bool only_look) {
    check_owner();
    check_kind();
    check_space();
    if (!only_look) try_writing();
    for (const std::string& layer : params_.readonly_dirs) check_layer(layer);
    return std::move(found_);
  }

 private:
  void add(std::string what, State state, std::string found, std::string remedy = "") {
    found_.push_back({std::move(what), state, std::move(found), std::move(remedy)});
  }

  void check_owner() {
    const Directory directory(params_, Directory::Role::own);
    for (const fs::path& path : {directory.layout().root(), directory.layout().obj_dir()})
      if (const auto objection = directory.objection_to(path))
        return add("directory", State::problem, "is refused", *objection);
    std::error_code ignored;
    const bool exists = fs::exists(params_.cache_dir, ignored);
    add("directory", State::ok,
        "'" + params_.cache_dir + (exists ? "' is yours, and closed to others" : "' is made when it is needed"));
  }

  void check_kind() {
    struct statfs info;
    if (::statfs(dir_.c_str(), &info) != 0)
      return add("file system", State::warning, "cannot be found out: " + reason(), "check '" + dir_.string() + "'");
    const FileSystemKind kind = kind_of_file_system(info.f_type);
    if (info.f_flags & ST_RDONLY)
      return add("file system", State::problem, kind.name + ", mounted read-only",
                 "set cache.cache_dir to another directory, and this one as cache.readonly_dirs");
    add("file system", State::ok, kind.name + (kind.is_network ? ", shared with other machines" : ""));
    if (kind.name == "tmpfs")
      add("file system", State::warning, "is in memory: the cache is lost when the machine restarts",
          "set cache.cache_dir to a disk, unless that is meant");
  }

  void check_space() {
    struct statvfs info;
    if (::statvfs(dir_.c_str(), &info) != 0) return;
    const std::uint64_t free = std::uint64_t{info.f_bavail} * info.f_frsize / mebibyte;
    const State state = free < 50 ? State::problem : free < 1024 ? State::warning : State::ok;
    add("space", state, std::to_string(free) + " MiB are free",
        state == State::ok ? "" : "make room, 'gc --max-size' helps, or set cache.cache_dir to another disk");
    if (info.f_files > 0 && info.f_favail < 1000)
      add("space", State::warning, "only " + std::to_string(info.f_favail) + " more files are possible",
          "remove files, or set cache.cache_dir to another disk");
  }

  void try_writing() {
    const fs::path place = dir_ / (".dijitso-doctor-" + unique_name());
    if (::mkdir(place.c_str(), 0700) != 0)
      return add(
          "writing", State::problem, "is not possible: " + reason(),
          "change the rights of '" + dir_.string() + "', or set cache.cache_dir to a directory that you may write");
    try_files(place);
    std::error_code ignored;
    fs::remove_all(place, ignored);
  }

  void try_files(const fs::path& place) {
    const fs::path one = place / "one", two = place / "two", three = place / "three";
    if (!create_new(one))
      return add("writing", State::problem, "is not possible: " + reason(), "see the disk and its quota");
    add("writing", State::ok, "works");
    if (create_new(one) || errno != EEXIST)
      add("O_EXCL", State::problem, "two processes can create the same file",
          "set cache.cache_dir to another file system");
    else
      add("O_EXCL", State::ok, "works");
    struct stat info{};
    if (::link(one.c_str(), two.c_str()) == 0 && ::stat(one.c_str(), &info) == 0 && info.st_nlink == 2)
      add("links", State::ok, "work");
    else
      add("links", State::warning, "do not work",
          "none is needed: files are renamed instead, and work may be done twice");
    if (!create_new(three) || ::rename(three.c_str(), one.c_str()) != 0)
      add("renaming", State::problem, "does not work: " + reason(), "set cache.cache_dir to another file system");
    else
      add("renaming", State::ok, "works");
  }

  void check_layer(const std::string& layer) {
    CacheParams theirs = params_;
    theirs.cache_dir = layer;
    const Directory directory(theirs, Directory::Role::readonly);
    std::error_code ignored;
    const auto objection = directory.objection_to(layer);
    if (objection)
      add("read-only directory", State::problem, "'" + layer + "' is refused", *objection);
    else if (!fs::is_directory(layer, ignored))
      add("read-only directory", State::warning, "'" + layer + "' is not there",
          "mend it or take it out of cache.readonly_dirs");
    else
      add("read-only directory", State::ok, "'" + layer + "' can be used");
  }

  CacheParams params_;
  fs::path dir_;
  std::vector<Checkup> found_;
};

}  // namespace

FileSystemKind kind_of_file_system(long magic) {
  struct Known {
    std::uint32_t magic;
    const char* name;
    bool is_network = false;
  };
  constexpr Known all[] = {{0xef53, "ext4"},           {0x58465342, "xfs"},          {0x9123683e, "btrfs"},
                           {0x2fc12fc1, "zfs"},        {0x01021994, "tmpfs"},        {0x794c7630, "overlay"},
                           {0x65735546, "fuse"},       {0x6969, "nfs", true},        {0x0bd00bd0, "lustre", true},
                           {0x47504653, "gpfs", true}, {0x19830326, "beegfs", true}, {0x00c36400, "ceph", true},
                           {0xff534d42, "cifs", true}, {0xfe534d42, "cifs", true}};
  for (const Known& known : all)
    if (known.magic == static_cast<std::uint32_t>(magic)) return {known.name, known.is_network};
  return {"of a kind that is not known here"};
}

std::vector<Checkup> examine_directories(const CacheParams& params, bool only_look) {
  return Examination(params).run(only_look);
}

}  // namespace dijitso::cache
