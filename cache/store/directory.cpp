// The entries of a cache are code: whoever can write one runs code as its reader. So a directory is used only when
// nobody but its user (with shared_group: the user's group) can write there or replace the directory. The cache
// directory and the directory of the entries are checked each time they are opened; the directories above them are
// checked once. Tested in unittests/cache/directory_test.cpp.
#include "cache/store/directory.h"

#include "cache/store/own_files.h"
#include "support/claim.h"
#include "support/file.h"

#include <dijitso/error.h>
#include <dijitso/log.h>

#include <sys/stat.h>

#include <cerrno>
#include <set>
#include <system_error>

namespace dijitso::cache {
namespace {

namespace fs = std::filesystem;

std::string reason_of(int error) { return std::generic_category().message(error); }

std::string why_not_opened(const fs::path& path, int error) {
  const std::string name = "'" + path.string() + "'";
  std::error_code unknown;
  if (error == ENOTDIR && fs::exists(path, unknown))
    return name + " is not a directory; remove it or set cache.cache_dir to another name";
  return name + " cannot be examined: " + reason_of(error) + "; set cache.cache_dir to another directory";
}

}  // namespace

Directory::Directory(CacheParams params, Role role)
    : layout_(std::move(params)), role_(role), rules_{role == Role::readonly, layout_.params().shared_group} {}

// Checks the directory itself, not those above it.
Directory::Look Directory::look_at(const fs::path& path) const {
  Look found{open_existing(AT_FDCWD, path.c_str(), O_PATH | O_DIRECTORY), ""};
  if (!found.directory.is_open()) {
    if (errno != ENOENT) found.objection = why_not_opened(path, errno);
    return found;
  }
  if (::fstat(found.directory.get(), &found.info) != 0)
    found.objection = why_not_opened(path, errno);
  else if (known_.contains(found.info))
    found.is_known = true;
  else
    found.objection = objection_to_directory(found.info, path, rules_);
  if (!found.objection.empty()) found.directory.close();
  return found;
}

void Directory::judge_parents(Look& found, const fs::path& path) const {
  if (!found.directory.is_open() || found.is_known) return;
  found.objection = objection_to_parents(found.directory, found.info, path, rules_, known_);
  if (found.objection.empty())
    known_.add(found.info);
  else
    found.directory.close();
}

Directory::Look Directory::judge(const fs::path& path) const {
  Look found = look_at(path);
  judge_parents(found, path);
  return found;
}

// When the folder of the entries was accepted together with the root before, only this folder is checked again.
Directory::Look Directory::look() {
  if (closed_) return {{}, "it is not to be used"};
  if (layout_.root().empty()) return {{}, "its name is empty; set cache.cache_dir"};
  Look found = look_at(layout_.obj_dir());
  if (found.is_known) return found;
  Look root = judge(layout_.root());
  if (!root.objection.empty()) return root;
  judge_parents(found, layout_.obj_dir());
  return found;
}

Descriptor Directory::open_entries() {
  Look found = look();
  warn_of_refusal(found.objection);
  return std::move(found.directory);
}

bool Directory::is_usable() {
  const Look found = look();
  warn_of_refusal(found.objection);
  return found.objection.empty();
}

// When several threads look at the same time, only one of them warns.
void Directory::warn_of_refusal(const std::string& objection) {
  if (objection.empty()) refusal_reported_ = false;  // so that a later refusal is warned about again
  if (objection.empty() || closed_ || refusal_reported_.exchange(true) || warnings_muted_) return;
  log::get_logger().warning("The cache directory is not used: " + objection + ".");
}

Descriptor Directory::open_trusted(const fs::path& directory) const { return judge(directory).directory; }

std::optional<fs::path> Directory::header_dir() {
  if (!is_usable()) return std::nullopt;
  const fs::path path = layout_.inc_dir();
  const Look found = judge(path);
  if (!found.objection.empty()) warn_once("its headers are not read: " + found.objection);
  return found.directory.is_open() ? std::optional(path) : std::nullopt;
}

std::optional<std::string> Directory::make_directory(const fs::path& path, bool* is_made) const {
  const mode_t mode = layout_.params().shared_group ? 02770 : 0700;
  std::error_code error;
  if (fs::is_directory(path, error)) return std::nullopt;
  fs::path parent = path.has_filename() ? path.parent_path() : path.parent_path().parent_path();
  if (!parent.empty() && parent != path) {
    if (auto failed = make_directory(parent)) return failed;
  }
  // The directory is created private. Its mode is set afterwards, because mkdir applies the umask, which may remove
  // even the rights of the owner.
  if (::mkdir(path.c_str(), 0700) == 0) {
    ::chmod(path.c_str(), mode);
    if (is_made) *is_made = true;
    return std::nullopt;
  }
  int reason = errno;
  if (reason == EEXIST && fs::is_directory(path, error)) return std::nullopt;
  return "cannot create the directory '" + path.string() + "': " + reason_of(reason);
}

std::optional<std::string> Directory::create() {
  if (auto failed = create_root()) return failed;
  // Publishing does not need these two directories: without claims/ work may be done twice, without quarantine/ damaged
  // entries stay in place.
  make_directory(layout_.claims_dir());
  make_directory(layout_.quarantine_dir());
  for (const fs::path& path : written_dirs())
    if (auto failed = create_within(path)) return failed;
  return std::nullopt;
}

std::optional<std::string> Directory::create(const fs::path& directory) {
  if (auto failed = create_root()) return failed;
  return create_within(directory);
}

// tmp/ is created last: when it exists, the other directories were created too.
std::optional<std::string> Directory::create_root() {
  std::error_code error;
  const bool is_done = fs::is_directory(layout_.temp_dir(), error);
  const bool is_new = !is_done && is_empty_directory(layout_.root());
  if (!is_done)
    if (auto failed = make_directory(layout_.root())) return failed;
  if (!is_usable()) return "the cache directory '" + layout_.root().string() + "' is refused";
  if (is_new) tag_as_cache(layout_.root());
  return is_done ? std::nullopt : make_directory(layout_.temp_dir());
}

std::optional<std::string> Directory::create_within(const fs::path& directory) const {
  bool is_made = false;
  if (auto failed = make_directory(directory, &is_made)) return failed;
  if (is_made && holds_derived_files(directory) && !is_in_tagged_directory(layout_, directory / cache_tag_name))
    tag_as_cache(directory);
  const fs::path temp_dir = temp_dir_for(directory);
  return temp_dir == layout_.temp_dir() ? std::nullopt : make_directory(temp_dir);
}

std::optional<std::string> Directory::objection_to(const fs::path& directory) const {
  Look found = judge(directory);
  if (found.objection.empty()) return std::nullopt;
  return std::move(found.objection);
}

void Directory::require_trusted(const std::string& consequence) const {
  for (const fs::path& path : {layout_.root(), layout_.obj_dir()})
    if (const auto objection = objection_to(path)) throw CacheError(consequence + ": " + *objection);
}

void Directory::warn_once(const std::string& message) {
  if (warnings_muted_ || closed_ || refusal_reported_ || warned_.exchange(true)) return;
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

bool Directory::holds_derived_files(const fs::path& directory) const {
  for (const fs::path& one : {layout_.inc_dir(), layout_.src_dir(), layout_.lib_dir(), layout_.log_dir()})
    if (one == directory) return true;
  return false;
}

void Directory::remove_leftovers() const {
  remove_dead_claims(layout_.claims_dir(), layout_.temp_dir());
  std::set<fs::path> directories{layout_.temp_dir(), temp_dir_for(layout_.lib_dir())};
  for (const fs::path& path : written_dirs()) directories.insert(temp_dir_for(path));
  for (const fs::path& path : directories) remove_stale_temporaries(path);
}

fs::path Directory::temp_dir_for(const fs::path& directory) const {
  // Only directories given by absolute paths can be on another file system; those get their own tmp/.
  const std::string root = (layout_.root() / "").lexically_normal().native();
  return directory.lexically_normal().native().starts_with(root) ? layout_.temp_dir() : directory / "tmp";
}

}  // namespace dijitso::cache
