// The current month is a directory with one file for each machine; a file that has become large is renamed, so that no
// process opens it any more. When the month is over, its sum is published beside the directory and replaces it from
// that moment, even while the directory still exists. So nothing is counted twice, even when a process is killed in
// between.
#include "cache/store/usage_records.h"

#include "cache/inspect/query.h"
#include "support/descriptor.h"
#include "support/directory.h"
#include "support/file.h"
#include "support/file_size_signal.h"
#include "support/number.h"
#include "support/split.h"

#include <dijitso/error.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

namespace dijitso::cache {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, use_count> names = {"memory_hits", "disk_hits",   "compiles",     "published",
                                                           "unpublished", "quarantined", "compiling_us", "saved_us"};
constexpr std::uint64_t largest_number = 1'000'000'000'000'000;  // of one line; sums stay far from overflowing
constexpr std::uint64_t full = 1 << 20;                          // bytes of a file that nobody appends to any more
constexpr std::uint64_t largest_file = 16 * full;                // larger files are not read
constexpr std::time_t hour = 3600, day_long = 24 * hour;
constexpr std::string_view full_postfix = ".full", sum_postfix = ".sum";
constexpr std::size_t month_digits = 6;

// The day in UTC. Does not use gmtime_r, which reads the file of the local time zone first.
Day day_of(std::time_t time) {
  using namespace std::chrono;
  const year_month_day date(floor<days>(system_clock::from_time_t(time)));
  return static_cast<int>(date.year()) * 10000 + static_cast<int>(static_cast<unsigned>(date.month())) * 100 +
         static_cast<int>(static_cast<unsigned>(date.day()));
}

std::string month_of(std::time_t time) { return std::to_string(day_of(time)).substr(0, month_digits); }

bool is_month(std::string_view name) {
  return name.size() == month_digits && std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view take_word(std::string_view& line) {
  const std::size_t end = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return word;
}

UsageHistory read_one(const fs::path& file) {
  UsageHistory history;
  const auto unreadable = [&](const std::string& why) {
    history.unreadable.push_back("'" + file.string() + "' " + why);
  };
  try {
    const std::optional<Bytes> bytes = inspect_file(file, largest_file);
    if (!bytes) return history;
    std::size_t wrong = 0;
    if (!is_machine_name(file.filename().native())) history.is_whole = false;  // set to true when the file has a record
    for (const std::string_view line : split(as_text(*bytes), '\n')) {
      if (line.empty()) continue;
      if (const auto record = decode_record(line)) {
        history.days[record->first] += record->second;
        history.is_whole = true;
      } else {
        ++wrong;
      }
    }
    if (wrong > 0)
      unreadable("has " + std::to_string(wrong) + (wrong == 1 ? " line that is" : " lines that are") + " no record");
  } catch (const FileError& error) {
    history.unreadable.emplace_back(error.what());
    history.is_whole = false;
  }
  return history;
}

// The files of a directory; a directory that cannot be listed is noted in `history`.
std::vector<fs::path> files_in(const fs::path& dir, UsageHistory& history) {
  std::vector<fs::path> files;
  try {
    for (const StoredFile& file : list_directory(dir).files) files.push_back(dir / file.name);
  } catch (const CacheError& error) {
    history.unreadable.emplace_back(error.what());
    history.is_whole = false;
  }
  return files;
}

std::vector<fs::path> month_dirs(const Layout& layout) {
  std::vector<fs::path> dirs;
  std::error_code error;
  if (!fs::is_directory(fs::symlink_status(layout.stats_dir(), error))) return dirs;
  for_each_name(layout.stats_dir(), [&](const char* name) {
    std::error_code gone;
    const fs::path dir = layout.stats_dir() / name;
    if (is_month(name) && fs::is_directory(fs::symlink_status(dir, gone))) dirs.push_back(dir);
  });
  return dirs;
}

UsageHistory read_month(const fs::path& dir) {
  UsageHistory month;
  for (const fs::path& file : files_in(dir, month)) month.add(read_one(file));
  return month;
}

fs::path sum_of(const fs::path& month_dir) { return month_dir.native() + std::string(sum_postfix); }

// The month whose directory gets new records: the current one, or the next that has no sum yet, when a process whose
// clock was ahead has already summed the current one. Each record contains its day.
std::string open_month(const Layout& layout, std::time_t now) {
  std::string month = month_of(now);
  std::error_code unknown;
  for (int i = 0; i < 24 && fs::exists(sum_of(layout.stats_dir() / month), unknown); ++i) {
    const int number = std::stoi(month);
    month = std::to_string(number % 100 == 12 ? number + 89 : number + 1);
  }
  return month;
}

unsigned mode_of(const Layout& layout) { return layout.params().shared_group ? 0660 : 0600; }

bool publish_sum(const Directory& directory, const fs::path& file, const UsageHistory& history, Publish how) {
  std::string text;
  for (const auto& [day, counts] : history.days) text += encode_record(day, counts) + "\n";
  return publish_file(file, directory.temp_dir_for(directory.layout().stats_dir()), as_bytes(text),
                      mode_of(directory.layout()), how);
}

// Removes only files of dijitso: a directory with other files stays.
void remove_month(const fs::path& dir) {
  UsageHistory ignored;
  for (const fs::path& file : files_in(dir, ignored)) ::unlink(file.c_str());
  ::rmdir(dir.c_str());
}

// Whether the file is full, and so old that no process that opened it still writes to it.
bool is_to_be_summed(const fs::path& file, std::time_t now) {
  struct stat info;
  return file.native().ends_with(full_postfix) && ::lstat(file.c_str(), &info) == 0 &&
         static_cast<std::uint64_t>(info.st_size) > full && now - info.st_mtime > hour;
}

// Opens or creates the file of this machine; a closed Descriptor when it is not a regular file or cannot be opened.
Descriptor open_records(const fs::path& file, unsigned mode) {
  constexpr int flags = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  Descriptor opened(::open(file.c_str(), flags, mode));
  struct stat info;
  if (!opened.is_open()) return opened;
  if (::fstat(opened.get(), &info) == 0 && S_ISREG(info.st_mode)) {
    if (info.st_size == 0) ::fchmod(opened.get(), mode);  // whatever the umask
    return opened;
  }
  errno = ENOTSUP;
  return {};
}

// The newline before the line separates it from a line that a full disk has cut off.
bool append_line(Directory& directory, const fs::path& file, const std::string& line, bool& is_full) {
  Descriptor opened = open_records(file, mode_of(directory.layout()));
  std::error_code error;
  if (!opened.is_open() && errno == ENOENT && fs::exists(directory.layout().root(), error) &&
      !directory.create(file.parent_path()))
    opened = open_records(file, mode_of(directory.layout()));
  if (!opened.is_open()) return false;
  const std::string text = "\n" + line + "\n";
  const NoFileSizeSignal guard;
  const bool is_written = ::write(opened.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
  is_full = ::lseek(opened.get(), 0, SEEK_CUR) > static_cast<off_t>(full);
  return opened.close() && is_written;
}

}  // namespace

UseCounts& UseCounts::operator+=(const UseCounts& more) {
  for (std::size_t i = 0; i < use_count; ++i) at(i) += more.at(i);
  return *this;
}

std::string encode_record(Day day, const UseCounts& counts) {
  std::string line = std::to_string(day);
  for (std::size_t i = 0; i < use_count; ++i)
    if (counts.at(i) > 0) line += " " + std::string(names[i]) + "=" + std::to_string(counts.at(i));
  return line + " .";
}

std::optional<std::pair<Day, UseCounts>> decode_record(std::string_view line) {
  constexpr std::size_t day_digits = 8;
  Day day = 0;
  const std::string_view first = take_word(line);
  if (first.size() != day_digits || !parse_number(first, day) || day < 19700101) return std::nullopt;
  const int month = day / 100 % 100, day_of_month = day % 100;
  if (month < 1 || month > 12 || day_of_month < 1 || day_of_month > 31) return std::nullopt;
  UseCounts counts{};
  while (!line.empty()) {
    const std::string_view word = take_word(line);
    if (word == ".") return line.empty() ? std::optional(std::pair(day, counts)) : std::nullopt;
    const std::size_t equals = word.find('=');
    std::uint64_t number = 0;
    if (equals == word.npos || !parse_number(word.substr(equals + 1), number) || number > largest_number)
      return std::nullopt;
    const auto name = std::ranges::find(names, word.substr(0, equals));
    if (name != names.end())
      counts.at(static_cast<std::size_t>(name - names.begin())) = number;  // others are of a later version
  }
  return std::nullopt;  // cut off
}

bool append_record(Directory& directory, const UseCounts& counts, std::time_t now) noexcept {
  try {
    if (!directory.is_usable()) return false;
    const fs::path file = directory.layout().stats_dir() / open_month(directory.layout(), now) / machine_name();
    bool is_full = false;
    if (!append_line(directory, file, encode_record(day_of(now), counts), is_full)) return false;
    if (!is_full) return true;
    // Processes that have the file open may still write to it, but no process opens it any more.
    const fs::path full_file = file.parent_path() / (unique_name() + std::string(full_postfix));
    if (::rename(file.c_str(), full_file.c_str()) == 0) merge_records(directory, now);
    return true;
  } catch (const std::exception&) {
    return false;  // memory is exhausted
  }
}

UseCounts UsageHistory::total() const {
  UseCounts sum{};
  for (const auto& [day, counts] : days) sum += counts;
  return sum;
}

void UsageHistory::add(const UsageHistory& more) {
  for (const auto& [day, counts] : more.days) days[day] += counts;
  unreadable.insert(unreadable.end(), more.unreadable.begin(), more.unreadable.end());
  is_whole &= more.is_whole;
}

// Reads the directories first: when one vanishes meanwhile, its sum exists already.
UsageHistory read_records(const Layout& layout) {
  UsageHistory history;
  std::map<std::string, UsageHistory> months;
  for (const fs::path& dir : month_dirs(layout)) months[dir.filename()] = read_month(dir);
  for (const fs::path& file : files_in(layout.stats_dir(), history))
    if (is_month(file.stem().native()) && file.extension() == sum_postfix) months[file.stem()] = read_one(file);
  for (const auto& [name, month] : months) history.add(month);
  return history;
}

// Clocks may differ by a day, and a process may sleep for an hour between opening a file and writing to it.
void merge_records(Directory& directory, std::time_t now) noexcept {
  try {
    const std::vector<fs::path> dirs = month_dirs(directory.layout());
    if (dirs.empty() || directory.create(directory.layout().stats_dir())) return;  // also creates tmp/
    for (const fs::path& dir : dirs) try {
        if (dir.filename().native() < month_of(now - day_long)) {
          const UsageHistory month = read_month(dir);
          if (!month.is_whole) continue;
          publish_sum(directory, sum_of(dir), month, Publish::first_wins);
          remove_month(dir);
          continue;
        }
        UsageHistory ignored;
        for (const fs::path& file : files_in(dir, ignored)) {
          if (!is_to_be_summed(file, now)) continue;
          const UsageHistory records = read_one(file);
          if (records.is_whole) publish_sum(directory, file, records, Publish::replace);
        }
      } catch (const FileError&) {
        // This file stays as it is; the next ones may succeed.
      }
  } catch (const std::exception&) {
    // Memory is exhausted: a later call merges the records.
  }
}

void remove_records(const CacheParams& params) try {
  Directory directory(params, Directory::Role::own);
  directory.require_trusted("nothing is removed");
  std::vector<fs::path> files;
  UsageHistory found;
  const std::vector<fs::path> dirs = month_dirs(directory.layout());
  for (const fs::path& dir : dirs)
    for (const fs::path& file : files_in(dir, found))
      if (read_one(file).is_whole) files.push_back(file);
  for (const fs::path& file : files_in(directory.layout().stats_dir(), found))
    if (is_month(file.stem().native()) && file.extension() == sum_postfix) files.push_back(file);
  if (!found.unreadable.empty()) throw CacheError(found.unreadable.front());
  for (const fs::path& file : files) remove_file(file);
  for (const fs::path& dir : dirs) ::rmdir(dir.c_str());
} catch (const FileError& error) {
  throw CacheError(error.what());
}

}  // namespace dijitso::cache
