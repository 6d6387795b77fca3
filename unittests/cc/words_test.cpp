#include "cc/words.h"

#include "support/scratch.h"

#include <dijitso/error.h>

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::cc;
using Catch::Contains;
using Words = std::vector<std::string>;

TEST_CASE("quotes and backslashes of response files") {
  CHECK(split_response_file("").empty());
  CHECK(split_response_file(" \n\t").empty());
  CHECK(split_response_file("a b\nc\r\n") == Words{"a", "b", "c"});
  CHECK(split_response_file("'a b' \"c d\"e''") == Words{"a b", "c de"});
  CHECK(split_response_file("a\\ b \"\\\"\" '\\\\'") == Words{"a b", "\"", "\\"});
  CHECK(split_response_file("'' \"\"") == Words{"", ""});
  CHECK(split_response_file("'unfinished word") == Words{"unfinished word"});
}

TEST_CASE("response files stand for their words") {
  const testing::Scratch scratch;
  const std::string inner = "@" + (scratch.path() / "inner").string();
  const std::string outer = "@" + (scratch.path() / "outer").string();
  testing::write_text(scratch.path() / "inner", "-O2 'a b'");
  testing::write_text(scratch.path() / "outer", "-c " + inner);
  CHECK(with_response_files({"cc", outer, "x"}) == Words{"cc", "-c", "-O2", "a b", "x"});
  CHECK(with_response_files({"cc", "@missing", "@"}) == Words{"cc", "@missing", "@"});
  testing::write_text(scratch.path() / "inner", outer);
  CHECK_THROWS_WITH(with_response_files({"cc", outer}), Contains("nested too deeply"));
  CHECK_THROWS_AS(with_response_files({"cc", "@" + scratch.path().string()}), InvalidArgument);
}
