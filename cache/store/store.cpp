// The cache saves work and is never needed: whatever goes wrong here ends as a miss, or as "not published", with one
// warning.
//
// Reading: the whole file into memory, verified there, and handed on as it was verified. Writing: the entry first, in
// one step and for good; then the files that the documented interface promises, which nothing here reads again. A
// damaged entry is moved, not deleted, so that somebody can find out what damaged it. Tested in
// unittests/cache/store_test.cpp and store_faults_test.cpp.
#include "cache/store/store.h"

#include "cache/format/shared_library.h"
#include "cache/inspect/query.h"
#include "cache/store/own_files.h"
#include "support/file.h"
#include "support/gzip.h"
#include "support/trace.h"

#include <dijitso/log.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <functional>
#include <system_error>
#include <variant>

namespace dijitso::cache {
namespace {

namespace fs = std::filesystem;

constexpr unsigned entry_mode = 0444;
constexpr unsigned library_mode = 0555;

// Errors that a file gives because of what it is, so that the next attempt will not be better.
bool is_wrong_kind(int error) { return error == EISDIR || error == ENOTSUP || error == ELOOP || error == EFBIG; }

bool is_there(const fs::path& file) {
  struct stat info;
  return ::lstat(file.c_str(), &info) == 0 || errno != ENOENT;
}

// What is wrong with a file that could be read, or that nobody should read.
struct Unusable {
  std::string reason;
  bool is_foreign = false;  // of another version of dijitso
};

// The verified entry in an open folder; nullopt when there is none. FileError when it could not be read, which says
// nothing about it.
std::variant<std::optional<StoredEntry>, Unusable> read_entry(const Directory& directory, const Descriptor& folder,
                                                              const fs::path& file, bool counts_as_use) {
  try {
    std::optional<Bytes> bytes = read_file_in(folder, file, counts_as_use, [&](const struct stat& info) {
      if (std::string objection = directory.objection_to(info); !objection.empty()) throw Unusable{objection};
    });
    if (!bytes) return std::nullopt;
    std::variant<Entry, Damage> decoded = decode(*bytes);
    if (auto* entry = std::get_if<Entry>(&decoded))
      return StoredEntry{std::move(*entry), std::make_shared<const Bytes>(std::move(*bytes))};
    const Damage& damage = std::get<Damage>(decoded);
    return Unusable{damage.reason, damage.other_schema};
  } catch (const Unusable& unusable) {
    return unusable;
  } catch (const FileError& error) {
    if (!is_wrong_kind(error.error_number())) throw;
    return Unusable{std::system_category().message(error.error_number())};
  }
}

}  // namespace

Store::Store(const CacheParams& params) : own_(params, Directory::Role::own) {
  if (!params.use_disk) {
    own_.close();
    return;
  }
  for (const std::string& root : params.readonly_dirs) {
    CacheParams theirs = params;
    theirs.cache_dir = root;
    readonly_.emplace_back(std::move(theirs), Directory::Role::readonly);
  }
}

void Store::be_silent() {
  own_.be_silent();
  for (Directory& directory : readonly_) directory.be_silent();
}

std::optional<StoredEntry> Store::read(const std::string& signature, const Digest& slot) {
  check_signature(signature);
  if (auto found = read_from(own_, signature, slot)) return found;
  for (Directory& directory : readonly_)
    if (auto found = read_from(directory, signature, slot)) return found;
  return std::nullopt;
}

std::vector<Digest> Store::slots(const std::string& signature) {
  check_signature(signature);
  std::vector<Digest> slots = slots_in(own_, signature);
  for (Directory& directory : readonly_) {
    const std::vector<Digest> more = slots_in(directory, signature);
    slots.insert(slots.end(), more.begin(), more.end());
  }
  return slots;
}

std::vector<Digest> Store::slots_in(Directory& directory, const std::string& signature) {
  if (!directory.is_usable()) return {};
  std::vector<std::pair<std::int64_t, Digest>> found;
  const DirectoryContents contents = list_category(directory.layout(), Category::obj);
  for (const StoredFile& file : contents.files) {
    if (signature_of_obj_file(file.name) != signature) continue;
    const std::string digits = file.name.substr(signature.size() + 1, 16);
    found.emplace_back(file.written_ns, *Digest::from_hex(digits + std::string(48, '0')));
  }
  std::ranges::sort(found, std::greater());
  std::vector<Digest> slots;
  for (const auto& [time, slot] : found) slots.push_back(slot);
  return slots;
}

std::optional<StoredEntry> Store::read_from(Directory& directory, const std::string& signature, const Digest& slot) {
  const Descriptor folder = directory.open_entries();
  if (!folder.is_open()) return std::nullopt;
  const fs::path file = directory.layout().obj_file(signature, slot);
  try {
    auto found = read_entry(directory, folder, file, !inspecting_);
    if (auto* entry = std::get_if<std::optional<StoredEntry>>(&found)) return std::move(*entry);
    const Unusable& unusable = std::get<Unusable>(found);
    if (unusable.is_foreign) return std::nullopt;
    if (&directory == &own_)
      put_aside(file, unusable.reason);
    else
      log::get_logger().warning("The cache entry '" + file.string() + "' is damaged (" + unusable.reason +
                                "): it is ignored; ask the owner of that read-only directory to remove it.");
  } catch (const FileError& error) {
    directory.warn_once(error.what());
  }
  return std::nullopt;
}

// Two processes may find the same damage: what the slower one moves may already be the entry that the faster one built
// anew. An entry that cannot be moved is replaced when its module is published.
bool Store::put_aside(const fs::path& file, const std::string& reason) {
  const fs::path aside =
      layout().quarantine_dir() / (file.filename().string() + "." + blake3(unique_name()).hex().substr(0, 16));
  bool movable = !own_.create();
  if (movable && ::rename(file.c_str(), aside.c_str()) != 0) {
    if (errno == ENOENT && !is_there(file)) return false;  // somebody else has moved it
    movable = false;
  }
  if (!movable) {
    own_.warn_once("the entry '" + file.string() + "' is damaged (" + reason + ") and cannot be moved to '" +
                   aside.parent_path().string() + "'");
    return false;
  }
  if (is_sound(aside)) {
    put_back(aside, file);
    return false;
  }
  ++quarantined_;
  usage_.add(Use::quarantined);
  log::get_logger().warning("The cache entry '" + file.string() + "' is damaged (" + reason + "): it was moved to '" +
                            aside.string() + "' and will be built again.");
  return true;
}

bool Store::is_sound(const fs::path& file) const {
  try {
    const Descriptor folder = own_.open_trusted(file.parent_path());
    const auto found = read_entry(own_, folder, file, false);
    const auto* entry = std::get_if<std::optional<StoredEntry>>(&found);
    return entry ? entry->has_value() : std::get<Unusable>(found).is_foreign;
  } catch (const FileError&) {
    return false;
  }
}

bool Store::publish(const std::string& signature, const Digest& slot, ByteView bytes, const std::string& header,
                    const std::string& source, const std::string& log, bool replace) {
  const trace::Span span("publish", signature);
  const fs::path file = layout().obj_file(signature, slot);
  if (!prepare_for_writing() || !write_entry(file, bytes, replace)) return false;
  write_derived(signature, header, source, log);
  return true;
}

bool Store::write_entry(const fs::path& file, ByteView bytes, bool replace) {
  const fs::path temp_dir = own_.temp_dir_for(layout().obj_dir());
  for (bool again : {true, false}) {
    try {
      const bool is_first =
          publish_file(file, temp_dir, bytes, entry_mode, replace ? Publish::replace : Publish::first_wins);
      // Who was first wins with a sound entry only: one that is damaged, and could not be moved away, would stay for
      // ever.
      if (!replace && !is_first && !is_sound(file)) publish_file(file, temp_dir, bytes, entry_mode, Publish::replace);
      return true;
    } catch (const FileError& error) {
      // Somebody removed the directory while we were running: that is a way to clean it.
      bool removed = again && error.error_number() == ENOENT;
      if (removed) prepared_ = false;
      if (removed && prepare_for_writing()) continue;
      own_.warn_once(error.what());
      return false;
    }
  }
  return false;
}

// Whether it can only be somebody else's: in a directory that dijitso has not made, a file that can be written.
bool Store::is_foreign(const fs::path& file) const {
  struct stat info;
  constexpr mode_t all_write = S_IWUSR | S_IWGRP | S_IWOTH;
  if (::lstat(file.c_str(), &info) != 0 || (info.st_mode & all_write) == 0) return false;
  return !is_in_tagged_directory(layout(), file);
}

void Store::write_derived(const std::string& signature, const std::string& header, const std::string& source,
                          const std::string& log) {
  auto store = [this](const fs::path& file, ByteView content) {
    if (is_foreign(file)) throw FileError("replace", file, EEXIST);
    if (content.empty()) {
      ::unlink(file.c_str());
      return;
    }
    const fs::path directory = file.parent_path();
    publish_file(file, own_.temp_dir_for(directory), content, entry_mode, Publish::replace, Durability::relaxed);
  };
  const CacheParams& params = layout().params();
  const bool plain = params.src_storage != "compress" && params.src_storage != "delete";
  const bool compressed = params.src_storage == "compress" && !source.empty();
  const fs::path source_file = layout().src_file(signature);
  try {
    store(layout().inc_file(signature), as_bytes(header));
    store(source_file, plain ? as_bytes(source) : ByteView());
    store(source_file.string() + ".gz", compressed ? gzip(as_bytes(source)) : Bytes());
    store(layout().log_file(signature), params.enable_build_log ? as_bytes(log) : ByteView());
  } catch (const FileError& error) {
    own_.warn_once(error.what());
  }
}

// Without waiting for the disk: a file that a power failure tears is found by its digest, and the archive is still
// there.
std::optional<std::string> Store::publish_foreign(const Entry& entry, const Digest& slot, ByteView bytes,
                                                  bool replace) {
  if (!prepare_for_writing()) return "the cache directory '" + layout().root().string() + "' cannot be used";
  const auto publish = [this](const fs::path& file, ByteView content, Publish how) {
    publish_file(file, own_.temp_dir_for(file.parent_path()), content, entry_mode, how, Durability::relaxed);
  };
  try {
    publish(layout().obj_file(entry.signature, slot), bytes, replace ? Publish::replace : Publish::first_wins);
    if (!entry.header.empty()) publish(layout().inc_file(entry.signature), as_bytes(entry.header), Publish::replace);
  } catch (const FileError& error) {
    return error.what();
  }
  return std::nullopt;
}

std::optional<Bytes> Store::read_library(const std::string& signature, const Digest& origin) {
  const fs::path file = layout().lib_file(signature);
  if (!own_.is_usable()) return std::nullopt;
  const Descriptor folder = own_.open_trusted(file.parent_path());
  if (!folder.is_open()) return std::nullopt;
  try {
    std::optional<Bytes> bytes = read_file_in(folder, file, true, [&](const struct stat& info) {
      if (std::string objection = own_.objection_to(info); !objection.empty()) throw Unusable{objection};
    });
    if (bytes && library_origin(*bytes) == origin) return bytes;
  } catch (const Unusable&) {
    // It is made again, and takes the place of this one.
  } catch (const FileError&) {
    // It will be made again, and if that fails, the reason is told there.
  }
  return std::nullopt;
}

std::optional<std::string> Store::publish_library(const std::string& signature, ByteView bytes) {
  const fs::path file = layout().lib_file(signature);
  if (!prepare_for_writing()) return "the cache directory '" + layout().root().string() + "' cannot be used";
  const fs::path temp_dir = own_.temp_dir_for(file.parent_path());
  for (const fs::path& needed : {file.parent_path(), temp_dir}) {
    if (auto failed = own_.create(needed)) return failed;
    if (auto objection = own_.objection_to(needed)) return objection;
  }
  try {
    publish_file(file, temp_dir, bytes, library_mode, Publish::replace);
  } catch (const FileError& error) {
    return error.what();
  }
  return std::nullopt;
}

Claim Store::claim(const std::string& signature, const Digest& slot) {
  const fs::path file = layout().claim_file(signature, slot);
  if (!prepare_for_writing()) return Claim();
  return Claim::try_take(file, layout().temp_dir());
}

void Store::note_use(const std::string& signature, const Digest& slot) {
  const Descriptor folder = own_.open_entries();
  if (!folder.is_open()) return;
  const fs::path name = layout().obj_file(signature, slot).filename();
  const struct timespec now[2] = {{0, UTIME_NOW}, {0, UTIME_NOW}};
  ::utimensat(folder.get(), name.c_str(), now, AT_SYMLINK_NOFOLLOW);
}

// Without a lock: a handler of warnings may wait for another thread that is just here. Making directories twice is
// harmless.
bool Store::prepare_for_writing() {
  if (!own_.is_usable()) return false;
  if (prepared_) return true;
  if (std::optional<std::string> failed = own_.create()) {
    if (own_.is_usable()) own_.warn_once(*failed);
    return false;
  }
  if (!prepared_.exchange(true)) own_.remove_leftovers();
  return true;
}

}  // namespace dijitso::cache
