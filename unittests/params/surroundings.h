// What the tests of parameters change around themselves, put back at the end of the scope.
#pragma once

#include "params/config_file.h"

#include <dijitso/log.h>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace surroundings {

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "dijitso-test-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("mkdtemp failed");
    path_ = std::filesystem::canonical(name);
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  std::string path(const std::string& name = "") const { return name.empty() ? path_ : path_ / name; }
  std::string write(const std::string& name, std::string_view text) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name) << text;
    std::filesystem::permissions(path_ / name, std::filesystem::perms(0600));
    return path(name);
  }

 private:
  std::filesystem::path path_;
};

// Sets an environment variable, or removes it.
class Variable {
 public:
  Variable(const std::string& name, std::optional<std::string> value) : name_(name) {
    if (const char* old = std::getenv(name.c_str())) old_ = old;
    set(value);
  }
  ~Variable() { set(old_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  void set(const std::optional<std::string>& value) {
    if (value)
      setenv(name_.c_str(), value->c_str(), 1);
    else
      unsetenv(name_.c_str());
  }
  std::string name_;
  std::optional<std::string> old_;
};

class CurrentDirectory {
 public:
  explicit CurrentDirectory(const std::string& path) : old_(std::filesystem::current_path()) {
    std::filesystem::current_path(path);
  }
  ~CurrentDirectory() { std::filesystem::current_path(old_); }
  CurrentDirectory(const CurrentDirectory&) = delete;
  CurrentDirectory& operator=(const CurrentDirectory&) = delete;

 private:
  std::filesystem::path old_;
};

// One that is also the current one.
struct TemporaryCurrentDirectory : TemporaryDirectory {
  const CurrentDirectory in{path()};
};

// A user with an empty home and current directory, no environments and no configuration.
struct EmptyUser {
  TemporaryDirectory root;
  std::string home = root.path("home");
  std::string work = root.path("work");
  bool made = std::filesystem::create_directory(home) && std::filesystem::create_directory(work);
  Variable home_variable{"HOME", home};
  Variable conf{"DIJITSO_CONF", std::nullopt};
  Variable virtual_env{"VIRTUAL_ENV", std::nullopt};
  Variable conda{"CONDA_PREFIX", std::nullopt};
  Variable cache_dir{"DIJITSO_CACHE_DIR", std::nullopt};
  Variable cxx{"CXX", std::nullopt};
  CurrentDirectory in{work};

  EmptyUser() { dijitso::params::forget_config_file(); }
  ~EmptyUser() { dijitso::params::forget_config_file(); }
};

// Collects what is logged.
class LogCapture {
 public:
  LogCapture() : old_(dijitso::log::get_log_handler()) {
    dijitso::log::set_log_handler([this](dijitso::log::Level, std::string_view message) {
      const std::lock_guard lock(mutex_);
      messages_.emplace_back(message);
    });
  }
  ~LogCapture() { dijitso::log::set_log_handler(old_); }
  LogCapture(const LogCapture&) = delete;
  LogCapture& operator=(const LogCapture&) = delete;

  std::vector<std::string> messages() const {
    const std::lock_guard lock(mutex_);
    return messages_;
  }

 private:
  dijitso::log::Handler old_;
  mutable std::mutex mutex_;
  std::vector<std::string> messages_;
};

}  // namespace surroundings
