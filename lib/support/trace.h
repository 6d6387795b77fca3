// Records when dijitso does what, for chrome://tracing and Perfetto: DIJITSO_TRACE (docs/debugging.md).
//
// When tracing is off, a span costs one relaxed load. Thread-safety: all functions may be called from any thread.
#pragma once

#include <dijitso/export.h>

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace dijitso::trace {

using Clock = std::chrono::steady_clock;

// Starts tracing this process to a file. In its name, %p is replaced by the process number and %r by the rank. Only the
// first call in a process has an effect. Returns the reason when the file cannot be used; then nothing is traced.
std::optional<std::string> start(const std::string& pattern);

// Whether tracing is on.
extern DIJITSO_API std::atomic<bool> is_on;

// Records work that this thread has done for a module. Where there is no memory for that, it is not recorded.
DIJITSO_API void record(const char* name, std::string_view signature, Clock::time_point begin,
                        Clock::time_point end) noexcept;

// Records the time until the end of the block. The signature must live that long.
class Span {
 public:
  Span(const char* name, std::string_view signature) : name_(name), signature_(signature) {
    if (is_on.load(std::memory_order_relaxed)) begin_ = Clock::now();
  }
  ~Span() {
    if (begin_ != Clock::time_point()) record(name_, signature_, begin_, Clock::now());
  }
  Span(const Span&) = delete;
  Span& operator=(const Span&) = delete;

 private:
  const char* const name_;
  const std::string_view signature_;
  Clock::time_point begin_;  // the epoch when tracing is off
};

// Sets the name of this thread in the trace.
void name_thread(const char* name);

// Replaces %p, %r and %% in the pattern.
std::string file_name(std::string_view pattern, long pid, std::string_view rank);

}  // namespace dijitso::trace
