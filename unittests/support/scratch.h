// What the tests of files and of the cache share: a directory of their own, small files, captured warnings, child
// processes.
#pragma once

#include "support/bytes.h"

#include <dijitso/log.h>

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

namespace dijitso::testing {

namespace fs = std::filesystem;

// An empty directory that is removed with all it contains.
class Scratch {
 public:
  Scratch() {
    std::string name = (fs::temp_directory_path() / "dijitso-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot create a directory for the test");
    path_ = name;
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }
  fs::path operator/(const fs::path& name) const { return path_ / name; }

 private:
  fs::path path_;
};

inline void write_text(const fs::path& file, std::string_view text) {
  std::error_code ignored;
  fs::remove(file, ignored);
  std::ofstream(file, std::ios::binary) << text;
}

inline std::string read_text(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error("no file " + file.string());
  return {std::istreambuf_iterator<char>(in), {}};
}

// The names in a directory, sorted.
inline std::vector<std::string> names_in(const fs::path& directory) {
  std::vector<std::string> names;
  for (const auto& file : fs::directory_iterator(directory)) names.push_back(file.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

// Collects what is logged while it lives.
class Warnings {
 public:
  Warnings() : before_(log::get_log_handler()) {
    log::set_log_handler([this](log::Level, std::string_view message) {
      std::lock_guard lock(mutex_);
      messages_.emplace_back(message);
    });
  }
  Warnings(const Warnings&) = delete;
  Warnings& operator=(const Warnings&) = delete;
  ~Warnings() { log::set_log_handler(before_); }

  std::vector<std::string> all() const {
    std::lock_guard lock(mutex_);
    return messages_;
  }
  std::string only() const {
    std::vector<std::string> messages = all();
    if (messages.size() == 1) return messages[0];
    std::string text = std::to_string(messages.size()) + " messages";
    for (const std::string& message : messages) text += "\n" + message;
    return text;
  }

 private:
  log::Handler before_;
  mutable std::mutex mutex_;
  std::vector<std::string> messages_;
};

// For checks within a child process, where the assertions of the test framework cannot be used.
inline void expect(bool condition, const std::string& text) {
  if (!condition) throw std::runtime_error(text);
}

// A process that runs `work`. finish() gives "" when it ended well, else what it threw or how it died.
class Child {
 public:
  explicit Child(const std::function<void()>& work) {
    int ends[2];
    if (::pipe(ends) != 0 || (pid_ = ::fork()) < 0) throw std::runtime_error("cannot start a child process");
    if (pid_ == 0) {
      int status = 0;
      try {
        work();
      } catch (const std::exception& error) {
        status = 1;
        std::string text = error.what();
        if (::write(ends[1], text.data(), text.size()) < 0) status = 2;
      }
      ::_exit(status);
    }
    ::close(ends[1]);
    output_ = ends[0];
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() { finish(); }

  pid_t pid() const { return pid_; }
  std::string finish() {
    if (output_ < 0) return result_;
    char buffer[512];
    for (ssize_t got; (got = ::read(output_, buffer, sizeof buffer)) > 0;)
      result_.append(buffer, static_cast<std::size_t>(got));
    ::close(output_);
    output_ = -1;
    int status = 0;
    ::waitpid(pid_, &status, 0);
    if (result_.empty() && status != 0) result_ = "ended with status " + std::to_string(status);
    return result_;
  }

 private:
  pid_t pid_ = -1;
  int output_ = -1;
  std::string result_;
};

inline std::string in_child(const std::function<void()>& work) { return Child(work).finish(); }

}  // namespace dijitso::testing
