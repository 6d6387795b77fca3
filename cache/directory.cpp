// The entries of a cache are code: whoever can write one runs code as its reader. So a directory is used only when
// nobody but its user (with shared_group: the user's group) can have put something there. Checked are the cache
// directory and the directory of the entries; a directory that appears later is checked before anything is read from
// it. Tested in unittests/cache/directory_test.cpp.
#include "cache/directory.h"

#include "support/file.h"

#include <dijitso/log.h>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <system_error>

namespace dijitso::cache {
namespace {

namespace fs = std::filesystem;

std::string reason_of(int error) { return std::generic_category().message(error); }

bool is_in_group(gid_t group) {
  if (group == ::getegid()) return true;
  int count = ::getgroups(0, nullptr);
  std::vector<gid_t> groups(static_cast<std::size_t>(std::max(count, 0)));
  count = ::getgroups(count, groups.data());
  return count > 0 && std::find(groups.begin(), groups.begin() + count, group) != groups.begin() + count;
}

struct Verdict {
  bool exists = true;
  std::string objection;  // empty when the directory may be used
};

Verdict judge(const fs::path& path, Directory::Role role, bool shared_group) {
  struct stat info;
  const std::string name = "'" + path.string() + "'";
  if (::stat(path.c_str(), &info) != 0) {
    if (errno == ENOENT) return {false, ""};
    return {true, name + " cannot be examined: " + reason_of(errno) + "; set cache.cache_dir to another directory"};
  }
  if (!S_ISDIR(info.st_mode))
    return {true, name + " is not a directory; remove it or set cache.cache_dir to another name"};
  if (info.st_mode & S_IWOTH)
    return {true, name + " can be written by everybody, who could put code into it; run: chmod o-w " + name};
  if (role == Directory::Role::readonly) return {};
  bool is_ours = info.st_uid == ::geteuid() || (shared_group && is_in_group(info.st_gid));
  if (!is_ours)
    return {true, name + " belongs to the user with the number " + std::to_string(info.st_uid) + ", not to " +
                      std::to_string(::geteuid()) +
                      ", who runs this; set cache.cache_dir to a directory of your own, or " +
                      "cache.shared_group if it is shared in a group of yours"};
  if ((info.st_mode & S_IWGRP) && !shared_group)
    return {true, name + " can be written by its group, which could put code into it; run: chmod g-w " + name +
                      ", or set cache.shared_group if that is meant"};
  return {};
}

}  // namespace

Directory::Directory(CacheParams params, Role role) : layout_(std::move(params)), role_(role) {}

Directory::State Directory::look() {
  const bool shared_group = layout_.params().shared_group;
  Verdict verdict;
  if (layout_.root().empty()) verdict.objection = "its name is empty; set cache.cache_dir";
  if (verdict.objection.empty()) verdict = judge(layout_.root(), role_, shared_group);
  if (verdict.exists && verdict.objection.empty()) verdict = judge(layout_.obj_dir(), role_, shared_group);
  State found = !verdict.objection.empty() ? State::refused : verdict.exists ? State::accepted : State::absent;
  if (found == State::absent) return found;
  // Only one of several threads that look at the same time takes the decision, and warns.
  State expected = State::absent;
  if (!state_.compare_exchange_strong(expected, found)) return expected;
  if (found == State::refused && !silent_)
    log::get_logger().warning("The cache directory is not used: " + verdict.objection + ".");
  return found;
}

bool Directory::is_usable() {
  State state = state_;
  return (state == State::absent ? look() : state) != State::refused;
}

std::optional<fs::path> Directory::header_dir() {
  if (!is_usable()) return std::nullopt;
  const fs::path path = layout_.inc_dir();
  const Verdict verdict = judge(path, role_, layout_.params().shared_group);
  if (!verdict.objection.empty()) warn_once("its headers are not read: " + verdict.objection);
  return verdict.exists && verdict.objection.empty() ? std::optional(path) : std::nullopt;
}

std::optional<std::string> Directory::make_directory(const fs::path& path) const {
  const mode_t mode = layout_.params().shared_group ? 02770 : 0700;
  std::error_code error;
  if (fs::is_directory(path, error)) return std::nullopt;
  fs::path parent = path.has_filename() ? path.parent_path() : path.parent_path().parent_path();
  if (!parent.empty() && parent != path) {
    if (auto failed = make_directory(parent)) return failed;
  }
  // Created closed; the rights come after, for mkdir applies the umask, which may take away even the owner's.
  if (::mkdir(path.c_str(), 0700) == 0) {
    ::chmod(path.c_str(), mode);
    return std::nullopt;
  }
  int reason = errno;
  if (reason == EEXIST && fs::is_directory(path, error)) return std::nullopt;
  return "cannot create the directory '" + path.string() + "': " + reason_of(reason);
}

std::optional<std::string> Directory::create() {
  if (auto failed = create(layout_.temp_dir())) return failed;
  // Publishing does not need these two: without claims work is done twice, without quarantine damage stays where it is.
  make_directory(layout_.claims_dir());
  make_directory(layout_.quarantine_dir());
  for (const fs::path& path : written_dirs())
    if (auto failed = create(path)) return failed;
  return std::nullopt;
}

std::optional<std::string> Directory::create(const fs::path& directory) {
  if (auto failed = make_directory(layout_.root())) return failed;
  if (!is_usable()) return "the cache directory '" + layout_.root().string() + "' is refused";
  for (const fs::path& needed : {layout_.temp_dir(), directory, temp_dir_for(directory)})
    if (auto failed = make_directory(needed)) return failed;
  return std::nullopt;
}

std::optional<std::string> Directory::objection_to(const fs::path& directory) const {
  Verdict verdict = judge(directory, role_, layout_.params().shared_group);
  if (verdict.objection.empty()) return std::nullopt;
  return std::move(verdict.objection);
}

void Directory::warn_once(const std::string& message) {
  if (silent_ || state_ == State::refused || warned_.exchange(true)) return;  // why it is refused has been told
  std::string remedy = role_ == Role::own
                           ? "What it cannot hold is kept in memory only; free space or permissions, or set "
                             "cache.cache_dir (DIJITSO_CACHE_DIR) to a directory that can be written."
                           : "It is searched without success; mend it or take it out of cache.readonly_dirs.";
  log::get_logger().warning("The cache directory '" + layout_.root().string() + "' cannot be used fully: " + message +
                            ". " + remedy);
}

std::vector<fs::path> Directory::written_dirs() const {
  return {layout_.obj_dir(), layout_.inc_dir(), layout_.src_dir(), layout_.log_dir()};
}

void Directory::remove_stale_temporaries() const {
  std::set<fs::path> directories{layout_.temp_dir(), temp_dir_for(layout_.lib_dir())};
  for (const fs::path& path : written_dirs()) directories.insert(temp_dir_for(path));
  for (const fs::path& path : directories) dijitso::remove_stale_temporaries(path);
}

fs::path Directory::temp_dir_for(const fs::path& directory) const {
  // Only directories with absolute names can lie elsewhere; those get a tmp/ of their own.
  const std::string root = (layout_.root() / "").lexically_normal().native();
  return directory.lexically_normal().native().starts_with(root) ? layout_.temp_dir() : directory / "tmp";
}

}  // namespace dijitso::cache
