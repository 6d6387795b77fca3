// The rules for the directories above are those of sshd for a user's keys: each belongs to root or to the user, and
// either others cannot write to it, or it is sticky like /tmp, so that others cannot rename files of the user. A group
// with the same number as the user is the private group that many systems create for each user.
#include "cache/store/trust.h"

#include "support/memory_file.h"
#include "support/process.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <vector>

namespace dijitso::cache {
namespace {

namespace fs = std::filesystem;

std::string quoted(const fs::path& path) { return "'" + path.string() + "'"; }

bool is_in_group(gid_t group) {
  if (group == ::getegid()) return true;
  int count = ::getgroups(0, nullptr);
  std::vector<gid_t> groups(static_cast<std::size_t>(std::max(count, 0)));
  count = ::getgroups(count, groups.data());
  return count > 0 && std::find(groups.begin(), groups.begin() + count, group) != groups.begin() + count;
}

bool is_private_group(gid_t group) { return group == ::geteuid() && group == ::getegid(); }

bool is_same(const struct stat& a, const struct stat& b) { return a.st_dev == b.st_dev && a.st_ino == b.st_ino; }

bool is_trusted_owner_above(const struct stat& info, const TrustRules& rules) {
  return rules.any_owner || info.st_uid == 0 || info.st_uid == rules.user || info.st_uid == ::geteuid() ||
         (rules.shared_group && is_in_group(info.st_gid)) || is_outside_of_user_namespace(info.st_uid);
}

// Who, besides trusted users, may rename files in this directory; empty when nobody else may.
std::string who_else_can_rename(const struct stat& info, const TrustRules& rules) {
  if (!is_trusted_owner_above(info, rules)) return "the user with the number " + std::to_string(info.st_uid);
  if (info.st_mode & S_ISVTX) return "";
  if (info.st_mode & S_IWOTH) return "everybody";
  if (!(info.st_mode & S_IWGRP) || rules.any_owner) return "";
  return is_private_group(info.st_gid) || (rules.shared_group && is_in_group(info.st_gid)) ? "" : "its group";
}

// The name of the directory at the relative path `way` from an open one, for messages.
std::string name_of(const Descriptor& directory, const std::string& way) {
  const Descriptor found(::openat(directory.get(), way.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  std::error_code unknown;
  const fs::path path = fs::read_symlink(path_of_open_file(found.get()), unknown);
  return unknown ? "a directory above it" : "the directory " + quoted(path) + " above it";
}

}  // namespace

std::string objection_to_directory(const struct stat& info, const fs::path& path, const TrustRules& rules) {
  const std::string name = quoted(path);
  if (info.st_mode & S_IWOTH)
    return name + " can be written by everybody, who could put code into it; run: chmod o-w " + name;
  if (rules.any_owner) return "";
  const bool is_ours =
      info.st_uid == rules.user || info.st_uid == ::geteuid() || (rules.shared_group && is_in_group(info.st_gid));
  if (!is_ours)
    return name + " belongs to the user with the number " + std::to_string(info.st_uid) + ", not to " +
           std::to_string(::geteuid()) +
           ", who runs this; set cache.cache_dir to a directory of your own, or cache.shared_group if it is shared in "
           "a group of yours";
  if ((info.st_mode & S_IWGRP) && !rules.shared_group)
    return name + " can be written by its group, which could put code into it; run: chmod g-w " + name +
           ", or set cache.shared_group if that is meant";
  return "";
}

std::string objection_to_parents(const Descriptor& directory, struct stat below, const fs::path& path,
                                 const TrustRules& rules, const KnownDirectories& known) {
  // Each step starts again from the open directory. Only a user who is refused here could move a directory that was
  // already judged.
  for (std::string way = "..";; way += "/..") {
    struct stat info{};
    if (::fstatat(directory.get(), way.c_str(), &info, 0) != 0) {
      if (errno == EACCES) return "";  // then no path that this process can use leads through it
      return "what lies above " + quoted(path) + " cannot be examined: " + std::generic_category().message(errno);
    }
    if (is_same(info, below)) return "";
    const std::string who = who_else_can_rename(info, rules);
    if (!who.empty())
      return quoted(path) + " could be exchanged for another by " + who + ", for " + name_of(directory, way) +
             (who.starts_with("the user") ? " is theirs" : " is open to them") +
             "; set cache.cache_dir to a directory below one of your own, or close that one (chmod go-w)";
    if (known.contains(info)) return "";
    below = info;
  }
}

std::string objection_to_file(const struct stat& info, const TrustRules& rules) {
  if (info.st_mode & S_IWOTH) return "others can write it";
  if (rules.any_owner || rules.shared_group) return "";
  if (info.st_uid != rules.user && info.st_uid != 0 && info.st_uid != ::geteuid())
    return "it belongs to the user with the number " + std::to_string(info.st_uid);
  return info.st_mode & S_IWGRP ? "others can write it" : "";
}

KnownDirectories::~KnownDirectories() {
  for (Node* node = first_; node;) delete std::exchange(node, node->next);
}

bool KnownDirectories::contains(const struct stat& info) const {
  for (const Node* node = first_; node; node = node->next)
    if (is_same(node->info, info) && node->info.st_uid == info.st_uid && node->info.st_gid == info.st_gid &&
        node->info.st_mode == info.st_mode)
      return true;
  return false;
}

void KnownDirectories::add(const struct stat& info) {
  Node* const node = new Node{info, first_};
  while (!first_.compare_exchange_weak(node->next, node)) {
  }
}

}  // namespace dijitso::cache
