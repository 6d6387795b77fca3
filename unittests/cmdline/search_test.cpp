#include "cmdline/browse/search.h"
#include "unittests/support/scratch.h"

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::cmdline;
using namespace dijitso::testing;

TEST_CASE("a text as a regular expression matches itself and nothing else", "[cmdline]") {
  const Scratch scratch;
  const CacheParams params = validate_params({{"cache", {{"cache_dir", Value(scratch.path().string())}}}}).cache;
  const auto finds = [&](const std::string& line, const std::string& text) {
    cache::store_log("m", line + "\n", params);
    return !cache::grep_cache(as_regex(text), params, false, false, "m", {"log"}).empty();
  };
  std::string printable;
  for (char c = 0x20; c < 0x7f; ++c) {
    INFO(c);
    const std::string text(1, c);
    printable += c;
    CHECK(finds("x" + text + "y", "x" + text + "y"));
    CHECK_FALSE(finds("xy", "x" + text + "y"));
    CHECK_FALSE(finds("x\ty", "x" + text + "y"));
  }
  CHECK(finds(printable, printable));
  CHECK(finds("f(a{5000})", "{5000}"));
  CHECK(finds("caf\xc3\xa9", "\xc3\xa9"));
  CHECK(finds("", ""));
}

TEST_CASE("exit codes are those of grep", "[cmdline]") {
  cache::SearchResult result;
  CHECK(search_exit_code(result) == 1);
  result.found["file"].count = 1;
  CHECK(search_exit_code(result) == 0);
  result.unsearched = 1;
  CHECK(search_exit_code(result) == 2);
}
