// Uses plain characters only, so NO_COLOR has no effect. Tested in tests/cli/many_test.py.
#include "cmdline/core/progress.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <string_view>
#include <utility>

#include <unistd.h>

namespace dijitso::cmdline {
namespace {

using std::chrono::steady_clock;
using namespace std::chrono_literals;

bool is_terminal() {
  const char* term = std::getenv("TERM");
  return isatty(STDERR_FILENO) == 1 && term && std::string_view(term) != "dumb";
}

}  // namespace

ProgressBar::ProgressBar(std::string what)
    : what_(std::move(what)), terminal_(is_terminal()), next_(steady_clock::now() + 500ms) {}

ProgressBar::~ProgressBar() {
  if (width_ > 0) std::cerr << '\r' << std::string(width_, ' ') << '\r' << std::flush;
}

cache::Progress ProgressBar::progress() {
  if (!terminal_) return {};
  return [this](std::size_t done, std::size_t all) {
    if (const auto now = steady_clock::now(); now >= next_) {
      next_ = now + 100ms;
      draw(done, all);
    }
  };
}

void ProgressBar::draw(std::size_t done, std::size_t all) {
  constexpr std::size_t cells = 30;
  const std::size_t full = all == 0 ? cells : std::min(cells, cells * done / all);
  const std::string line = what_ + " [" + std::string(full, '#') + std::string(cells - full, '.') + "] " +
                           std::to_string(done) + " of " + std::to_string(all);
  std::cerr << '\r' << line << std::string(width_ > line.size() ? width_ - line.size() : 0, ' ') << std::flush;
  width_ = std::max(width_, line.size());
}

}  // namespace dijitso::cmdline
