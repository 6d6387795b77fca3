// Determines the default cache directory. Tested in unittests/params/paths_test.cpp.
#include "params/paths.h"

#include <dijitso/error.h>

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <optional>
#include <vector>

namespace fs = std::filesystem;

namespace dijitso::params {
namespace {

using Query = std::function<int(passwd*, char*, std::size_t, passwd**)>;

// Returns the home directory in the entry that the query (getpwnam_r or getpwuid_r) finds. An entry that does not fit
// in the largest buffer counts as missing.
std::optional<std::string> home_in_user_database(const Query& query) {
  for (std::size_t size = 1024; size <= (1u << 20); size *= 4) {
    std::vector<char> buffer(size);
    passwd entry{};
    passwd* found = nullptr;
    if (query(&entry, buffer.data(), buffer.size(), &found) == ERANGE) continue;
    if (!found || !found->pw_dir || !*found->pw_dir) return std::nullopt;
    return std::string(found->pw_dir);
  }
  return std::nullopt;
}

std::string environment_directory(const char* variable) {
  const char* value = std::getenv(variable);
  std::error_code ignored;
  return value && *value && fs::is_directory(value, ignored) ? value : "";
}

}  // namespace

std::string home_directory() {
  if (const char* home = std::getenv("HOME"); home && *home) return home;
  const Query by_user = [](auto... rest) { return getpwuid_r(geteuid(), rest...); };
  return home_in_user_database(by_user).value_or("/");
}

std::string expand_home(std::string_view path) {
  if (path.empty() || path[0] != '~') return std::string(path);
  const auto slash = std::min(path.find('/'), path.size());
  const std::string user(path.substr(1, slash - 1));
  const Query by_name = [&](auto... rest) { return getpwnam_r(user.c_str(), rest...); };
  const auto home = user.empty() ? home_directory() : home_in_user_database(by_name);
  if (!home) return std::string(path);
  return *home + std::string(path.substr(slash));
}

std::string absolute_path(std::string_view path) {
  std::error_code error;
  const fs::path from_root = fs::absolute(fs::path(path), error);
  if (error) {
    throw InvalidArgument("the path '" + std::string(path) +
                          "' is relative, and the current directory cannot be used (" + error.message() +
                          "): give a path that starts with '/'");
  }
  std::string clean;
  for (const auto& part : from_root.relative_path()) {
    if (!part.empty() && part != ".") clean += '/' + part.string();
  }
  return clean.empty() ? "/" : clean;
}

std::string default_cache_dir() {
  std::string base = environment_directory("VIRTUAL_ENV");
  if (base.empty()) base = environment_directory("CONDA_PREFIX");
  if (base.empty()) base = home_directory();
  return base + "/.cache/dijitso";
}

}  // namespace dijitso::params
