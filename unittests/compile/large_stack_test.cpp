#include "compile/large_stack.h"

#include "requests.h"

#include <catch2/catch.hpp>
#include <thread>

using namespace dijitso;
using namespace dijitso::compile;
using namespace dijitso::testing;
using Catch::Contains;

namespace {

// Fills a stack and says how much of it was there.
std::size_t fill(std::size_t bytes) {
  volatile char block[4096];
  for (std::size_t i = 0; i < sizeof block; ++i) block[i] = static_cast<char>(i);
  return bytes <= sizeof block ? static_cast<std::size_t>(block[1])
                               : fill(bytes - sizeof block) + static_cast<std::size_t>(block[0]);
}

}  // namespace

TEST_CASE("a function runs to its end on another thread with a large stack") {
  std::thread::id ran_on;
  std::size_t filled = 0;
  run_on_large_stack([&] {
    ran_on = std::this_thread::get_id();
    filled = fill(large_stack_bytes / 2);
  });
  CHECK(filled == 1);
  CHECK(ran_on != std::this_thread::get_id());
}

TEST_CASE("an exception crosses from the large stack to the caller") {
  CHECK_THROWS_WITH(run_on_large_stack([] { throw InvalidArgument("from there"); }), "from there");
  CHECK_THROWS_AS(run_on_large_stack([] { throw 1; }), int);
}

TEST_CASE("a thread that the system cannot give is an error") {
  const std::string text = thrown_by<Error>([] { run_on_large_stack([] {}, std::size_t{1} << 60); });
  CHECK_THAT(text, Contains("cannot start a thread") && Contains("ulimit"));
  CHECK_THAT(thrown_by<Error>([] { run_on_large_stack([] {}, 1); }), Contains("cannot start a thread"));
}
