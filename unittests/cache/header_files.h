// Headers with times that a test chooses, and compiles that read them at another time.
#pragma once

#include "cache/store/lookup.h"
#include "support/file.h"
#include "unittests/support/scratch.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <ctime>

namespace dijitso::testing {

inline constexpr std::int64_t second = 1'000'000'000;

inline std::int64_t now_ns() {
  struct timespec now;
  ::clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_sec * second + now.tv_nsec;
}

// Of a compile, so long after what the test has done to the files that their stamps are believed.
inline std::int64_t later() { return now_ns() + 10 * second; }

// What such a compile records of a file.
inline cache::ReadFile described(const std::string& path) {
  return cache::FileDigests::describe(path, blake3(*read_file(path)), later());
}

inline void set_time(const fs::path& file, std::time_t seconds) {
  timespec times[2] = {{seconds, 0}, {seconds, 0}};
  REQUIRE(::utimensat(AT_FDCWD, file.c_str(), times, 0) == 0);
}

// The path.
inline std::string write_header(const fs::path& file, const std::string& text, std::time_t seconds) {
  write_text(file, text);
  set_time(file, seconds);
  return file;
}

}  // namespace dijitso::testing
