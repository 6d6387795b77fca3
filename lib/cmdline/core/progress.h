// Long work says on a terminal how far it has come.
#pragma once

#include <dijitso/cache.h>

#include <chrono>
#include <string>

namespace dijitso::cmdline {

// Drawn on standard error, at most ten times a second and not in the first half second; nothing when that is no
// terminal. It goes away with the object. Used by one thread.
class ProgressBar {
 public:
  explicit ProgressBar(std::string what);
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  ~ProgressBar();

  // Refers to this object.
  cache::Progress progress();

 private:
  void draw(std::size_t done, std::size_t all);

  std::string what_;
  bool terminal_;
  std::chrono::steady_clock::time_point next_;
  std::size_t width_ = 0;  // of what stands there
};

}  // namespace dijitso::cmdline
