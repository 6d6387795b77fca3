// May this directory be trusted with code that will run in our process? Who owns it and who may write to it decides.
//
// Thread-safety: all functions may be called from any thread. Tested in unittests/cache/directory_test.cpp.
#pragma once

#include "cache/layout.h"

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
    readonly,  // named by the user as a source: anybody's, but not open to everybody
  };

  // Looks at nothing yet: that may warn, and whoever makes this object may hold a lock.
  Directory(CacheParams params, Role role);

  const Layout& layout() const { return layout_; }

  // Whether entries may be read from it; warns, once, when the directory is refused. One that is absent is usable, and
  // is looked at again as soon as it is there.
  bool is_usable();

  // The folder of the headers, when it is there and may be trusted as the entries may: what is compiled from it runs
  // here too.
  std::optional<std::filesystem::path> header_dir();

  // Creates the directory with all that a publisher needs, private (or open to the group with shared_group). The reason
  // when that failed or the directory is refused.
  std::optional<std::string> create();

  // Why code in this directory, one of those of the cache, cannot be trusted; nullopt when it can, or is absent.
  std::optional<std::string> objection_to(const std::filesystem::path& directory) const;

  // Creates the root and one of its directories, with the place for files that are being written there.
  std::optional<std::string> create(const std::filesystem::path& directory);

  // Says what cannot be done here, once for this object.
  void warn_once(const std::string& message);

  // From now on it counts as refused, without a warning.
  void close() { state_ = State::refused; }

  // From now on nothing is warned about.
  void be_silent() { silent_ = true; }

  // Removes what writers that ended left behind.
  void remove_stale_temporaries() const;

  // Where files that will be given a name in `directory` are written first: on the same file system.
  std::filesystem::path temp_dir_for(const std::filesystem::path& directory) const;

 private:
  enum class State { absent, accepted, refused };
  State look();
  std::vector<std::filesystem::path> written_dirs() const;
  std::optional<std::string> make_directory(const std::filesystem::path& path) const;

  Layout layout_;
  Role role_;
  std::atomic<State> state_{State::absent};
  std::atomic<bool> warned_{false};
  std::atomic<bool> silent_{false};
};

}  // namespace dijitso::cache
