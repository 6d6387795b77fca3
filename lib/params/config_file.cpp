// A file in the current directory may come from another user (for example in /tmp), and it could set flags and
// directories for code that runs as this user. So the file is opened first and the open file is checked, so that nobody
// can replace it in between. It is used only when this user owns it and nobody else can write to it. Tested in
// unittests/params/config_file_test.cpp.
#include "params/config_file.h"

#include "params/paths.h"
#include "params/warn_once.h"
#include "support/descriptor.h"
#include "support/fork.h"

#include <dijitso/error.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>
#include <vector>

namespace fs = std::filesystem;

namespace dijitso::params {
namespace {

constexpr const char* file_name = "/.dijitso.conf";
constexpr off_t largest_file = 1 << 20;

struct Place {
  std::string path;
  bool must_be_own = false;  // use only a file that no other user can have written
  bool is_expected = false;  // the user has named this file: warn if it is missing
};

std::vector<Place> places() {
  std::vector<Place> all;
  std::error_code no_current_directory;
  const auto current = fs::current_path(no_current_directory);
  if (!no_current_directory) all.push_back({absolute_path(current.string() + file_name), true});
  if (const char* variable = std::getenv("DIJITSO_CONF"); variable && *variable) {
    const std::string named = absolute_path(expand_home(variable));
    std::error_code ignored;
    all.push_back({fs::is_directory(named, ignored) ? named + file_name : named, false, true});
  }
  all.push_back({absolute_path(home_directory() + file_name)});
  all.push_back({"/etc/dijitso/.dijitso.conf"});
  return all;
}

// Returns why the open file is not used; empty when it is used.
std::string refusal(const Place& place, const Descriptor& file) {
  struct stat opened{};
  if (fstat(file.get(), &opened) != 0) return std::strerror(errno);
  if (!S_ISREG(opened.st_mode)) return "it is not a regular file";
  if (opened.st_size > largest_file) return "it is larger than 1 MiB";
  if (!place.must_be_own) return "";
  struct stat named{};  // of the link itself: another user's link could select any of this user's files
  if (lstat(place.path.c_str(), &named) != 0 || named.st_uid != geteuid() || opened.st_uid != geteuid())
    return "it belongs to another user";
  if (opened.st_mode & (S_IWGRP | S_IWOTH)) return "other users can write it (remedy: chmod go-w)";
  return "";
}

struct OpenFile {
  std::string path;
  Descriptor descriptor;
};

// No warning is needed for a refused file in the current directory if it is also in one of the other places.
bool is_also_elsewhere(const std::vector<Place>& all, const Place& place) {
  for (const auto& other : all) {
    std::error_code ignored;
    if (!other.must_be_own && fs::equivalent(other.path, place.path, ignored)) return true;
  }
  return false;
}

std::optional<OpenFile> open_config_file() {
  const auto all = places();
  for (const auto& place : all) {
    Descriptor file(open(place.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    const int error = file.get() < 0 ? errno : 0;
    const bool is_absent = error == ENOENT || error == ENOTDIR;
    if (is_absent && !place.is_expected) continue;
    const std::string reason = error ? std::strerror(error) : refusal(place, file);
    if (reason.empty()) return OpenFile{place.path, std::move(file)};
    if (place.must_be_own && is_also_elsewhere(all, place)) continue;
    warn_once("the configuration file '" + place.path + "'" + (place.is_expected ? " of DIJITSO_CONF" : "") +
              " is not used: " + reason);
  }
  return std::nullopt;
}

std::string read_all(const OpenFile& file) {
  std::string text;
  char buffer[4096];
  while (true) {
    const ssize_t count = read(file.descriptor.get(), buffer, sizeof buffer);
    if (count > 0) text.append(buffer, static_cast<std::size_t>(count));
    if (count == 0) return text;
    if (count < 0 && errno != EINTR)
      throw InvalidArgument("cannot read the configuration file '" + file.path + "': " + std::strerror(errno));
  }
}

constinit forking::Mutex memory_mutex;
constinit forking::Once<std::shared_ptr<const ConfigFile>> memory DIJITSO_GUARDED_BY(memory_mutex);

}  // namespace

ConfigFile load_config_file() {
  const auto file = open_config_file();
  return file ? parse_config(read_all(*file), file->path) : ConfigFile{};
}

std::shared_ptr<const ConfigFile> process_config_file() {
  {
    const Lock lock(memory_mutex);
    if (memory.get()) return memory.get();
  }
  // Read without holding the lock: a warning may call a log handler of the host, which may call this function.
  auto fresh = std::make_shared<const ConfigFile>(load_config_file());
  const Lock lock(memory_mutex);
  if (!memory.get()) memory.get() = std::move(fresh);
  return memory.get();
}

void forget_config_file() {
  const Lock lock(memory_mutex);
  memory.get().reset();
}

std::optional<std::string> discover_config_filename() {
  const auto file = open_config_file();
  return file ? std::optional(file->path) : std::nullopt;
}

ParamsDict read_config_file() { return process_config_file()->values; }

}  // namespace dijitso::params
