// A cache directory: reads verified entries and publishes new ones. A failure of the cache never makes a request fail.
//
// Correct without locks (support/file.h, support/claim.h). A directory that cannot be used (missing rights, full, owned
// by somebody else, writable by others) costs one warning; then everything is a miss and nothing is published.
// Thread-safety: all functions may be called from any thread and any number of processes.
#pragma once

#include "cache/store/directory.h"
#include "cache/store/entry_files.h"
#include "cache/store/usage.h"
#include "support/bytes.h"
#include "support/claim.h"

#include <atomic>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace dijitso::cache {

class Store {
 public:
  // Neither reads nor creates any directory; at the first use an unusable directory is one warning. With use_disk =
  // false it never accesses a directory.
  explicit Store(const CacheParams& params);

  const Layout& layout() const { return own_.layout(); }

  // Reads <obj_dir>/<signature>.<slot>.o here, then in the read-only directories. A damaged entry is moved to
  // quarantine/ (in the own directory; elsewhere it stays), with one warning that names it, and counts as absent. So
  // does an entry that somebody else may have written, and, without a warning, one that another version of dijitso
  // wrote. InvalidArgument for a malformed signature.
  std::optional<StoredEntry> read(const std::string& signature, const Slot& slot);

  // The slots that have an entry of this signature: those of the own directory first, newest first in each directory.
  std::vector<Slot> slots(const std::string& signature);

  // Publishes an encoded entry and the files derived from it (header, source, log, as the parameters say; a text that
  // is empty removes the file). When another process was first, its entry stays if it is sound, unless `replace`.
  // False, after one warning per Store, when the entry could not be written; a derived file that could not be is a
  // warning only.
  bool publish(const std::string& signature, const Slot& slot, ByteView bytes, const std::string& header,
               const std::string& source, const std::string& log, bool replace);

  // Publishes an entry that was made elsewhere, and its header. The reason when that failed; nothing is warned about.
  std::optional<std::string> publish_imported(const Entry& entry, const Slot& slot, ByteView bytes, bool replace);

  // The shared library of this signature in the own directory: whole, and made from `origin`; nullopt otherwise.
  std::optional<Bytes> read_library(const std::string& signature, const Digest& origin);

  // Publishes a stamped shared library over any that is there. The reason when that failed; nothing is warned about.
  std::optional<std::string> publish_library(const std::string& signature, ByteView bytes);

  // Warns, once for this Store, that something cannot be kept in the directory.
  void warn_once(const std::string& reason) { own_.warn_once(reason); }

  // For tools: from now on reading does not change access times, by which gc sees what is used.
  void only_inspect() { inspecting_ = true; }

  // From now on nothing is warned about: for a second Store of the same directories.
  void mute_warnings();

  // The folder of published headers; nullopt when there is none or it may not be trusted.
  std::optional<std::filesystem::path> header_dir() { return own_.header_dir(); }

  // Tries to claim the build of one slot.
  Claim claim(const std::string& signature, const Slot& slot);

  // Sets the entry's times to now, by which pruning sees what is used; in the own directory only. A failure, such as
  // missing rights, is silent.
  void note_use(const std::string& signature, const Slot& slot);

  // Moves a damaged entry of the own directory to quarantine/, with one warning that names it and the reason. False
  // when it stays, or has been replaced by a good one meanwhile.
  bool quarantine(const std::filesystem::path& file, const std::string& reason);

  // Counts how this directory is used. Whoever counts must also call its save().
  Usage& usage() { return usage_; }

  // How many damaged entries this Store moved to quarantine/.
  std::uint64_t quarantined() const { return quarantined_; }

 private:
  std::optional<StoredEntry> read_from(Directory& directory, const std::string& signature, const Slot& slot);
  bool has_other_owner(const std::filesystem::path& file) const;
  bool is_sound(const std::filesystem::path& file) const;
  bool write_entry(const std::filesystem::path& file, ByteView bytes, bool replace);
  void write_derived(const std::string& signature, const std::string& header, const std::string& source,
                     const std::string& log);
  bool prepare_for_writing();

  std::deque<Directory> layers_;
  Directory& own_;
  Usage usage_{own_};
  std::atomic<bool> prepared_{false};
  std::atomic<bool> inspecting_{false};
  std::atomic<std::uint64_t> quarantined_{0};
};

}  // namespace dijitso::cache
