// Who could have put code into a directory, or could replace it by another one? Its owner, everybody who may write to
// it, and everybody who may rename a directory of its path.
//
// The open directory is checked, not its path, which may lead elsewhere later. Parents are reached by "..", which
// nobody can redirect. Thread-safety: all functions may be called from any thread. Tested in
// unittests/cache/directory_test.cpp.
#pragma once

#include "support/descriptor.h"

#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <string>

namespace dijitso::cache {

// Whose directories are trusted.
struct TrustRules {
  bool any_owner = false;     // named by the user as a source: anybody may own it, but not everybody may write to it
  bool shared_group = false;  // a group of the user may own it, too, and write to it
  uid_t user = ::geteuid();   // read once, to avoid a system call at each check
};

// Directories that were accepted together with all directories above them, with the owner and mode they had then. Uses
// no lock, because a fork() could leave a lock held in the child.
class KnownDirectories {
 public:
  KnownDirectories() = default;
  KnownDirectories(const KnownDirectories&) = delete;
  KnownDirectories& operator=(const KnownDirectories&) = delete;
  ~KnownDirectories();
  bool contains(const struct stat& info) const;
  void add(const struct stat& info);

 private:
  struct Node {
    struct stat info;
    Node* next;
  };
  std::atomic<Node*> first_{nullptr};
};

// Each of these returns an empty text when the thing is trusted, otherwise the reason and the remedy.
std::string objection_to_directory(const struct stat& info, const std::filesystem::path& path, const TrustRules& rules);
std::string objection_to_parents(const Descriptor& directory, struct stat info, const std::filesystem::path& path,
                                 const TrustRules& rules, const KnownDirectories& known);
std::string objection_to_file(const struct stat& info, const TrustRules& rules);

}  // namespace dijitso::cache
