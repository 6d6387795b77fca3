// Who can have put code into a directory, or can exchange the directory for another? Its owner, those who may write to
// it, and those who may rename something on the way to it.
//
// Judged is what is open, not what has the name by then; the way up is gone by "..", which nobody can redirect.
// Thread-safety: all functions may be called from any thread. Tested in unittests/cache/directory_test.cpp.
#pragma once

#include "support/descriptor.h"

#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <string>

namespace dijitso::cache {

// Whose directories are trusted.
struct TrustRules {
  bool anybodys = false;      // named by the user as a source: anybody's, but not open to everybody
  bool shared_group = false;  // of the groups of the user, too, and open to them
  uid_t user = ::geteuid();   // as of the beginning: saves asking for it each time
};

// Directories that have been judged together with what lies above them, and found good, with the owner and rights that
// they had. Without a lock, so that a fork() cannot leave one behind.
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

// Each of these gives the reason and the remedy when it is not to be trusted, and an empty text when it is.
std::string objection_to_directory(const struct stat& info, const std::filesystem::path& path, const TrustRules& rules);
std::string objection_to_parents(const Descriptor& directory, struct stat info, const std::filesystem::path& path,
                                 const TrustRules& rules, const KnownDirectories& known);
std::string objection_to_file(const struct stat& info, const TrustRules& rules);

}  // namespace dijitso::cache
