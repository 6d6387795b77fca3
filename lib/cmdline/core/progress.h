// Shows the progress of long work on a terminal.
#pragma once

#include <dijitso/cache.h>

#include <chrono>
#include <string>

namespace dijitso::cmdline {

// Draws on standard error, at most ten times a second and not in the first half second; draws nothing when that is not
// a terminal. The destructor erases the bar. Not thread-safe.
class ProgressBar {
 public:
  explicit ProgressBar(std::string what);
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  ~ProgressBar();

  // The returned function must not outlive this object.
  cache::Progress progress();

 private:
  void draw(std::size_t done, std::size_t all);

  std::string what_;
  bool terminal_;
  std::chrono::steady_clock::time_point next_;
  std::size_t width_ = 0;  // of the text that is drawn now
};

}  // namespace dijitso::cmdline
