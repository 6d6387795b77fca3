// A claim is a small text file whose maker can be looked up: who, where, and since when.
//
// The only hard question is when a claim of somebody else may be taken away. It is when its process has certainly
// ended: same machine, same boot, same pid namespace, and no process of that pid and start time. Everything else is
// waited for by the caller, for a bounded time, so that a wrong answer costs work and never a result. Files that no
// process can have made whole (they are linked complete) are left alone for a minute, claims of other machines for a
// day: nothing is built that long. Tested in unittests/support/claim_test.cpp.
#include "support/claim.h"

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
  // The last line makes every claim different, so that a claim can be recognised after it was moved.
  return std::string(first_line) + "\nhost " + machine.name + "\nboot " + machine.boot + "\nnamespace " +
         machine.pid_namespace + "\npid " + std::to_string(::getpid()) + "\nstart " +
         (status ? std::to_string(status->start) : "0") + "\nid " + unique_name() + "\n";
}

// Takes "<key> <value>\n" off the front.
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

// A claim file as it was seen.
struct Found {
  ino_t inode = 0;
  std::time_t modified = 0;
  std::string content;  // empty when it cannot be read

  bool operator==(const Found&) const = default;
};

// nullopt when there is none.
std::optional<Found> look(const fs::path& file) {
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
    // Unreadable: as good as garbage.
  }
  return found;
}

bool is_stale(const Found& found, const std::optional<Maker>& maker) {
  // A time in the future is no better than one in the past.
  std::time_t age = std::abs(std::time(nullptr) - found.modified);
  if (!maker) return age >= minute;
  if (!maker->machine.is_same(Machine::here())) return age >= day;
  return is_gone(maker->pid, maker->start == 0 ? std::nullopt : std::optional(maker->start));
}

// Moves the claim aside, so that no other process removes it too, and looks at what was moved: between the look and the
// move another process may have replaced the dead claim by a live one, which is put back. True when `dead` is gone.
bool remove_dead(const fs::path& file, const fs::path& temp_dir, const Found& dead) {
  fs::path aside = temp_dir / unique_name();
  if (::rename(file.c_str(), aside.c_str()) != 0) {
    if (errno == ENOENT) return true;
    throw FileError("remove", file, errno);
  }
  bool was_dead = look(aside) == dead;
  if (!was_dead && ::link(aside.c_str(), file.c_str()) != 0 && errno != EEXIST) {
    ::rename(aside.c_str(), file.c_str());
    return false;
  }
  ::unlink(aside.c_str());
  return was_dead;
}

}  // namespace

std::optional<ClaimSeen> look_at_claim(const fs::path& file) {
  const std::optional<Found> found = look(file);
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
    std::error_code error;
    for (fs::directory_iterator file(claims_dir, error), end; !error && file != end; file.increment(error)) try {
        const std::optional<Found> found = look(file->path());
        const std::optional<Maker> maker = found ? parse(found->content) : std::nullopt;
        if (maker && is_stale(*found, maker)) remove_dead(file->path(), temp_dir, *found);
      } catch (const FileError&) {
        // It stays; whoever wants that claim takes it away.
      }
  } catch (...) {
    // Memory is exhausted; the next process removes them.
  }
}

Claim Claim::try_take(const fs::path& file, const fs::path& temp_dir) noexcept {
  Claim claim;
  try {
    std::string content = describe_this_process();
    claim.state_ = State::taken;
    claim.holder_ = "another process";
    for (int attempt = 0; attempt < 3; ++attempt) {
      // A look first: many who wait ask again and again, and a file made for nothing each time would keep a file server
      // busy.
      std::optional<Found> found = look(file);
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
  // What this object held so far is released on the way out.
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
    std::optional<Found> found = look(file_);
    if (found && found->content == content_) ::unlink(file_.c_str());
  } catch (...) {
    // Memory has run out, or the file cannot be read. It is removed even if it is another process's by now: that only
    // costs work, while this process would wait for a claim of its own that stayed.
    ::unlink(file_.c_str());
  }
}

}  // namespace dijitso
