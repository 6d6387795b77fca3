#include "params/warn_once.h"

#include "surroundings.h"

#include <catch2/catch.hpp>

using dijitso::params::warn_once;

TEST_CASE("a text is logged as a warning once, another one again", "[params]") {
  const surroundings::LogCapture log;
  warn_once("unittest: the first thing");
  warn_once("unittest: the first thing");
  warn_once("unittest: the second thing");
  CHECK(log.messages() == std::vector<std::string>{"unittest: the first thing", "unittest: the second thing"});
}
