// May this directory be trusted with code that will run in our process? Who owns it and who may write to it decides.
//
// Thread-safety: all functions may be called from any thread. Tested in unittests/cache/directory_test.cpp.
#pragma once

#include "cache/format/layout.h"
#include "cache/store/trust.h"

#include <atomic>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace dijitso::cache {

class Directory {
 public:
  enum class Role {
    own,       // must belong to the user (or with shared_group, to one of the user's groups) and be closed to others
    readonly,  // named by the user as a source: anybody may own it, but not everybody may write to it
  };

  // Does not access the file system: that may warn, and the caller may hold a lock.
  Directory(CacheParams params, Role role);

  const Layout& layout() const { return layout_; }

  // Whether entries may be read from it now; warns when it is refused, once until it is usable again. An absent
  // directory is usable. The answer is not cached, so corrected permissions take effect at the next call; only the
  // check of the directories above is remembered.
  bool is_usable();

  // Opens the folder of the entries and checks the open folder; returns a closed Descriptor when it is absent or
  // refused, with a warning as in is_usable. Reading through the Descriptor is safe even if the path is exchanged
  // later.
  Descriptor open_entries();

  // The same for another folder of the cache, without a warning.
  Descriptor open_trusted(const std::filesystem::path& directory) const;

  // Why a file in it is not to be trusted; empty when it is.
  std::string objection_to(const struct stat& file) const { return objection_to_file(file, rules_); }

  // The folder of the headers; nullopt when it is absent or refused. The rules are those for entries, because code that
  // is compiled from these headers runs in this process too.
  std::optional<std::filesystem::path> header_dir();

  // Creates the directory with all that a publisher needs, private (or open to the group with shared_group). The reason
  // when that failed or the directory is refused.
  std::optional<std::string> create();

  // Why code in this directory of the cache cannot be trusted: others can write to it or replace it. nullopt when it is
  // trusted or absent.
  std::optional<std::string> objection_to(const std::filesystem::path& directory) const;

  // CacheError "<consequence>: <objection>" unless the root and the folder of the entries are trusted.
  void require_trusted(const std::string& consequence) const;

  // Creates the root and one of its directories, with the place for files that are being written there.
  std::optional<std::string> create(const std::filesystem::path& directory);

  // Warns about what cannot be done here, once for this object.
  void warn_once(const std::string& message);

  // From now on the directory counts as refused, without a warning.
  void close() { closed_ = true; }

  // From now on nothing is warned about.
  void mute_warnings() { warnings_muted_ = true; }

  // Removes temporary files and claims that killed processes left behind.
  void remove_leftovers() const;

  // The directory for temporary files that will be renamed into `directory`; it is on the same file system.
  std::filesystem::path temp_dir_for(const std::filesystem::path& directory) const;

 private:
  struct Look {
    Descriptor directory;   // closed when it is absent or refused
    std::string objection;  // when it is refused
    struct stat info = {};
    bool is_known = false;  // was checked before, with the directories above it
  };
  Look look_at(const std::filesystem::path& directory) const;
  void judge_parents(Look& found, const std::filesystem::path& path) const;
  Look judge(const std::filesystem::path& directory) const;
  Look look();
  void warn_of_refusal(const std::string& objection);
  std::optional<std::string> create_root();
  std::optional<std::string> create_within(const std::filesystem::path& directory) const;
  std::vector<std::filesystem::path> written_dirs() const;
  bool holds_derived_files(const std::filesystem::path& directory) const;
  std::optional<std::string> make_directory(const std::filesystem::path& path, bool* is_made = nullptr) const;

  Layout layout_;
  Role role_;
  TrustRules rules_;
  mutable KnownDirectories known_;
  std::atomic<bool> closed_{false};
  std::atomic<bool> refusal_reported_{false};
  std::atomic<bool> warned_{false};
  std::atomic<bool> warnings_muted_{false};
};

}  // namespace dijitso::cache
