// The cache only saves work: every failure here ends as a miss, or as "not published", with one warning.
//
// Reading loads the whole file into memory, verifies it there, and returns these verified bytes. Writing publishes the
// entry first, atomically; then the files that the documented interface promises, which this file does not read again.
// A damaged entry is moved, not deleted, so that the cause can be found. Tested in unittests/cache/store_test.cpp and
// store_faults_test.cpp.
#include "cache/store/store.h"

#include "cache/format/shared_library.h"
#include "cache/store/own_files.h"
#include "support/file.h"
#include "support/gzip.h"
#include "support/trace.h"

#include <dijitso/log.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace dijitso::cache {
namespace {

namespace fs = std::filesystem;

constexpr unsigned entry_mode = 0444;
constexpr unsigned library_mode = 0555;

// Whether reading fails because of what the file is (a directory, a device, ...), so that it will fail again.
bool is_wrong_kind(int error) { return error == EISDIR || error == ENOTSUP || error == ELOOP || error == EFBIG; }

bool is_there(const fs::path& file) {
  struct stat info;
  return ::lstat(file.c_str(), &info) == 0 || errno != ENOENT;
}

// A file that somebody else may have written must not be used, although it could be read.
struct Untrusted : std::runtime_error {
  using runtime_error::runtime_error;
};

// Reads a file of an open folder; nullopt when there is none. Throws Untrusted when somebody else may have written it.
std::optional<Bytes> read_trusted(const Directory& directory, const Descriptor& folder, const fs::path& file,
                                  bool counts_as_use) {
  return read_file_in(folder, file, counts_as_use, [&](const struct stat& info) {
    if (const std::string objection = directory.objection_to(info); !objection.empty()) throw Untrusted(objection);
  });
}

EntryReading read_trusted_entry(const Directory& directory, const Descriptor& folder, const fs::path& file,
                                bool counts_as_use) {
  try {
    EntryReading reading = read_entry([&] { return read_trusted(directory, folder, file, counts_as_use); });
    if (!is_wrong_kind(reading.error)) return reading;
    return {EntryState::damaged, std::system_category().message(reading.error)};
  } catch (const Untrusted& untrusted) {
    return {EntryState::damaged, untrusted.what()};
  }
}

}  // namespace

Store::Store(const CacheParams& params) : own_(layers_.emplace_back(params, Directory::Role::own)) {
  if (!params.use_disk) {
    own_.close();
    return;
  }
  const std::vector<Layout> layers = layers_of(params);
  for (std::size_t i = 1; i < layers.size(); ++i) layers_.emplace_back(layers[i].params(), Directory::Role::readonly);
}

void Store::mute_warnings() {
  for (Directory& directory : layers_) directory.mute_warnings();
}

std::optional<StoredEntry> Store::read(const std::string& signature, const Slot& slot) {
  check_signature(signature);
  for (Directory& directory : layers_)
    if (auto found = read_from(directory, signature, slot)) return found;
  return std::nullopt;
}

std::vector<Slot> Store::slots(const std::string& signature) {
  check_signature(signature);
  std::vector<Slot> slots;
  for (Directory& directory : layers_) {
    if (!directory.is_usable()) continue;
    std::vector<EntryFile> files = list_entry_files(directory.layout());
    std::erase_if(files, [&](const EntryFile& file) { return file.signature != signature; });
    sort_newest_first(files);
    for (const EntryFile& file : files) slots.push_back(file.slot);
  }
  return slots;
}

std::optional<StoredEntry> Store::read_from(Directory& directory, const std::string& signature, const Slot& slot) {
  const Descriptor folder = directory.open_entries();
  if (!folder.is_open()) return std::nullopt;
  const fs::path file = directory.layout().obj_file(signature, slot);
  EntryReading reading = read_trusted_entry(directory, folder, file, !inspecting_);
  if (reading.is_sound()) return std::move(reading.stored);
  if (reading.state == EntryState::unreadable) directory.warn_once(reading.reason);
  if (reading.state != EntryState::damaged) return std::nullopt;
  if (&directory == &own_)
    quarantine(file, reading.reason);
  else
    log::get_logger().warning("The cache entry '" + file.string() + "' is damaged (" + reading.reason +
                              "): it is ignored; ask the owner of that read-only directory to remove it.");
  return std::nullopt;
}

// Two processes may find the same damage. The slower one may then move the new entry that the faster one has already
// built. An entry that cannot be moved is replaced when its module is published.
bool Store::quarantine(const fs::path& file, const std::string& reason) {
  const fs::path aside =
      layout().quarantine_dir() / (file.filename().string() + "." + blake3(unique_name()).hex().substr(0, 16));
  bool movable = !own_.create();
  if (movable && ::rename(file.c_str(), aside.c_str()) != 0) {
    if (errno == ENOENT && !is_there(file)) return false;  // another process has moved it
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
  const Descriptor folder = own_.open_trusted(file.parent_path());
  const EntryReading reading = read_trusted_entry(own_, folder, file, false);
  return reading.is_sound() || reading.state == EntryState::other_schema;
}

bool Store::publish(const std::string& signature, const Slot& slot, ByteView bytes, const std::string& header,
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
      // The entry of another process stays only when it is sound. A damaged one that could not be moved away would
      // otherwise stay for ever.
      if (!replace && !is_first && !is_sound(file)) publish_file(file, temp_dir, bytes, entry_mode, Publish::replace);
      return true;
    } catch (const FileError& error) {
      // Somebody removed the directory while this process was running, for example to clean it.
      bool removed = again && error.error_number() == ENOENT;
      if (removed) prepared_ = false;
      if (removed && prepare_for_writing()) continue;
      own_.warn_once(error.what());
      return false;
    }
  }
  return false;
}

// Whether the file certainly comes from somebody else: files of dijitso are read-only, and in a directory that dijitso
// made all files are its own.
bool Store::has_other_owner(const fs::path& file) const {
  struct stat info;
  constexpr mode_t all_write = S_IWUSR | S_IWGRP | S_IWOTH;
  if (::lstat(file.c_str(), &info) != 0 || (info.st_mode & all_write) == 0) return false;
  return !is_in_tagged_directory(layout(), file);
}

void Store::write_derived(const std::string& signature, const std::string& header, const std::string& source,
                          const std::string& log) {
  auto store = [this](const fs::path& file, ByteView content) {
    if (has_other_owner(file)) throw FileError("replace", file, EEXIST);
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

// Does not wait until the data is on the disk: the digest detects a file that a power failure left incomplete, and the
// archive can be imported again.
std::optional<std::string> Store::publish_imported(const Entry& entry, const Slot& slot, ByteView bytes, bool replace) {
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
    std::optional<Bytes> bytes = read_trusted(own_, folder, file, true);
    if (bytes && library_origin(*bytes) == origin) return bytes;
  } catch (const Untrusted&) {
    // The library is made again, and replaces this one.
  } catch (const FileError&) {
    // The library is made again; if that fails, that attempt reports the reason.
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

Claim Store::claim(const std::string& signature, const Slot& slot) {
  const fs::path file = layout().claim_file(signature, slot);
  if (!prepare_for_writing()) return Claim();
  return Claim::try_take(file, layout().temp_dir());
}

void Store::note_use(const std::string& signature, const Slot& slot) {
  const Descriptor folder = own_.open_entries();
  if (!folder.is_open()) return;
  const fs::path name = layout().obj_file(signature, slot).filename();
  const struct timespec now[2] = {{0, UTIME_NOW}, {0, UTIME_NOW}};
  ::utimensat(folder.get(), name.c_str(), now, AT_SYMLINK_NOFOLLOW);
}

// Takes no lock, because a handler of warnings may wait for another thread that is in this function. Making the
// directories twice is harmless.
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
