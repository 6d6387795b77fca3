// A claim is a small text file that identifies the process that made it: its pid, its host, and its start time.
//
// A claim of another process may be removed only when that process has certainly ended: same machine, same boot, same
// pid namespace, and no process with that pid and start time. In all other cases the caller waits for a bounded time,
// so that a wrong decision costs work but never a result. Files that are no claims are removed after a minute (link()
// creates claims complete, so no process is still writing them), and claims of other machines after a day, because no
// build takes that long. Tested in unittests/support/claim_test.cpp.
#include "support/claim.h"

#include "support/directory.h"
#include "support/file.h"
#include "support/number.h"
#include "support/process.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <utility>

namespace dijitso {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view first_line = "dijitso claim 1";
constexpr off_t largest_claim = 4096;
constexpr std::time_t minute = 60;
constexpr std::time_t day = 24 * 60 * minute;

struct Maker {
  Machine machine;
  long pid = 0;
  std::uint64_t start = 0;
};

std::string describe_this_process() {
  Machine machine = Machine::here();
  std::optional<ProcessStatus> status = process_status(::getpid());
  // The last line is unique, so a claim can be recognised after it was moved.
  return std::string(first_line) + "\nhost " + machine.name + "\nboot " + machine.boot + "\nnamespace " +
         machine.pid_namespace + "\npid " + std::to_string(::getpid()) + "\nstart " +
         (status ? std::to_string(status->start) : "0") + "\nid " + unique_name() + "\n";
}

// Removes "<key> <value>\n" from the front of the text and returns the value.
std::optional<std::string> take_line(std::string_view& text, std::string_view key) {
  std::size_t end = text.find('\n');
  if (end == text.npos || !text.starts_with(key) || end <= key.size() || text[key.size()] != ' ') return std::nullopt;
  std::string value(text.substr(key.size() + 1, end - key.size() - 1));
  text.remove_prefix(end + 1);
  return value;
}

std::optional<Maker> parse(std::string_view text) {
  if (!text.starts_with(first_line) || text.size() == first_line.size()) return std::nullopt;
  text.remove_prefix(first_line.size() + 1);
  auto host = take_line(text, "host");
  auto boot = take_line(text, "boot");
  auto space = take_line(text, "namespace");
  auto pid = take_line(text, "pid");
  auto start = take_line(text, "start");
  auto id = take_line(text, "id");
  Maker maker;
  if (!host || !boot || !space || !pid || !start || !id || !text.empty()) return std::nullopt;
  if (!parse_number(*pid, maker.pid) || !parse_number(*start, maker.start) || maker.pid <= 0) return std::nullopt;
  maker.machine = {*host, *boot, *space};
  return maker;
}

// The contents and identity of a claim file when it was read.
struct Found {
  ino_t inode = 0;
  std::time_t modified = 0;
  std::string content;  // empty when it cannot be read

  bool operator==(const Found&) const = default;
};

// Returns nullopt when there is no such file.
std::optional<Found> read_claim(const fs::path& file) {
  struct stat info;
  if (::lstat(file.c_str(), &info) != 0) {
    if (errno == ENOENT) return std::nullopt;
    throw FileError("read", file, errno);
  }
  Found found{info.st_ino, info.st_mtime, {}};
  if (S_ISDIR(info.st_mode)) throw FileError("read", file, EISDIR);
  if (!S_ISREG(info.st_mode) || info.st_size > largest_claim) return found;
  try {
    std::optional<Bytes> bytes = read_file(file);
    if (!bytes) return std::nullopt;
    found.content = as_text(*bytes);
  } catch (const FileError&) {
    // An unreadable claim counts as invalid.
  }
  return found;
}

bool is_stale(const Found& found, const std::optional<Maker>& maker) {
  // A time in the future counts like one in the past.
  std::time_t age = std::abs(std::time(nullptr) - found.modified);
  if (!maker) return age >= minute;
  if (!maker->machine.is_same(Machine::here())) return age >= day;
  return is_gone(maker->pid, maker->start == 0 ? std::nullopt : std::optional(maker->start));
}

// Renames the claim first, so that no other process removes it too, and then checks the renamed file: another process
// may have replaced the dead claim by a live one in the meantime. A live claim is renamed back. Returns true when
// `dead` was removed.
bool remove_dead(const fs::path& file, const fs::path& temp_dir, const Found& dead) {
  fs::path aside = temp_dir / unique_name();
  if (::rename(file.c_str(), aside.c_str()) != 0) {
    if (errno == ENOENT) return true;
    throw FileError("remove", file, errno);
  }
  bool was_dead = read_claim(aside) == dead;
  if (!was_dead && ::link(aside.c_str(), file.c_str()) != 0 && errno != EEXIST) {
    ::rename(aside.c_str(), file.c_str());
    return false;
  }
  ::unlink(aside.c_str());
  return was_dead;
}

}  // namespace

std::optional<ClaimSeen> look_at_claim(const fs::path& file) {
  const std::optional<Found> found = read_claim(file);
  if (!found) return std::nullopt;
  const std::optional<Maker> maker = parse(found->content);
  ClaimSeen seen;
  seen.age = std::time(nullptr) - found->modified;
  seen.is_stale = is_stale(*found, maker);
  if (!maker) return seen;
  seen.host = maker->machine.name;
  seen.pid = maker->pid;
  seen.is_here = maker->machine.is_same(Machine::here());
  return seen;
}

void remove_dead_claims(const fs::path& claims_dir, const fs::path& temp_dir) noexcept {
  try {
    for_each_name(claims_dir, [&](const char* name) {
      try {
        const fs::path file = claims_dir / name;
        const std::optional<Found> found = read_claim(file);
        const std::optional<Maker> maker = found ? parse(found->content) : std::nullopt;
        if (maker && is_stale(*found, maker)) remove_dead(file, temp_dir, *found);
      } catch (const FileError&) {
        // It stays; a process that needs that claim removes it.
      }
    });
  } catch (...) {
    // Out of memory; the next process removes them.
  }
}

Claim Claim::try_take(const fs::path& file, const fs::path& temp_dir) noexcept {
  Claim claim;
  try {
    std::string content = describe_this_process();
    claim.state_ = State::taken;
    claim.holder_ = "another process";
    for (int attempt = 0; attempt < 3; ++attempt) {
      // Check first whether the claim exists: many waiting processes try again and again, and each attempt to create
      // the file would burden a file server.
      std::optional<Found> found = read_claim(file);
      if (!found) {
        if (!publish_file(file, temp_dir, as_bytes(content), 0444, Publish::first_wins, Durability::relaxed)) continue;
        claim.state_ = State::held;
        claim.file_ = file;
        claim.content_ = std::move(content);
        claim.owner_ = ::getpid();
        claim.holder_.clear();
        break;
      }
      std::optional<Maker> maker = parse(found->content);
      if (maker) claim.holder_ = "process " + std::to_string(maker->pid) + " on host " + maker->machine.name;
      if (!is_stale(*found, maker) || !remove_dead(file, temp_dir, *found)) break;
    }
  } catch (...) {
    return Claim();
  }
  return claim;
}

Claim::Claim(Claim&& other) noexcept { swap(other); }

Claim& Claim::operator=(Claim&& other) noexcept {
  // The claim that this object held is released by the destructor of `moved`.
  Claim moved(std::move(other));
  swap(moved);
  return *this;
}

void Claim::swap(Claim& other) noexcept {
  std::swap(state_, other.state_);
  std::swap(owner_, other.owner_);
  file_.swap(other.file_);
  content_.swap(other.content_);
  holder_.swap(other.holder_);
}

Claim::~Claim() {
  // A forked child has a copy of the object, but not of the claim.
  if (state_ != State::held || owner_ != ::getpid()) return;
  try {
    std::optional<Found> found = read_claim(file_);
    if (found && found->content == content_) ::unlink(file_.c_str());
  } catch (...) {
    // Out of memory, or the file cannot be read. The claim is removed even though it may be another process's by now:
    // that only costs work, whereas a remaining claim would make this process wait for itself.
    ::unlink(file_.c_str());
  }
}

}  // namespace dijitso
