// The memory of what is loaded is cleared while a request goes on: by other threads, or in the places where the library
// calls the program. What the request has found by then stays its own.
#include "tests/support/modules.h"

#include <dijitso/cache.h>
#include <dijitso/peers.h>
#include <catch2/catch.hpp>

#include <atomic>
#include <thread>

using namespace dijitso;
using namespace dijitso::testing;

namespace {

const Generate base = gives("int base() { return 40; }\n", "int base();\n");
// Uses a module that is loaded after base too.
const Generated user_of_both = {
    "", "int base();\nint last();\nextern \"C\" int value() { return base() + last(); }\n", {"base", "last"}};

const Generated user = {"", "int base();\nextern \"C\" int value() { return base() + 2; }\n", {"base"}};

Generate user_of_base(Jit& jit, const Params& params) {
  return [&jit, params](auto&&...) {
    jit.jit("base", params, base);
    return user;
  };
}

Jit* forgetful = nullptr;
void forget_all() { forgetful->forget(); }

// A module that makes `forgetful` forget when it is loaded.
Generate forgets_when_loaded() {
  const auto address = std::to_string(reinterpret_cast<std::uintptr_t>(&forget_all));
  return gives(
      "int last() { return 2; }\nstatic int forgotten = (reinterpret_cast<void (*)()>(" + address + "UL)(), 0);\n",
      "int last();\n");
}

}  // namespace

TEST_CASE("a dependency is forgotten when it has just been loaded") {
  Place place;
  const Generate generate = [&](auto&&...) {
    forgetful->jit("base", place.params, base);
    forgetful->jit("last", place.params, forgets_when_loaded());
    return user_of_both;
  };
  Jit first, second;
  forgetful = &first;
  CHECK(value(first.jit("user", place.params, generate)) == 42);
  forgetful = &second;
  CHECK(value(second.jit("user", place.params, never)) == 42);
  CHECK(second.counters().disk_hits == 3);
}

TEST_CASE("what generate has asked for is forgotten before it returns") {
  Place place;
  place.params.cache.use_disk = false;
  for (const int jobs : {1, 4})  // ready when generate goes on, or not
    for (const bool drops_the_library : {true, false}) {
      place.params.build.jobs = jobs;
      Jit jit;
      std::optional<Library> kept;
      const Generate generate = [&](auto&&...) {
        kept = jit.jit("base", place.params, base).first;
        if (drops_the_library) kept.reset();
        jit.forget();
        return user;
      };
      CHECK(value(jit.jit("user", place.params, generate)) == 42);
      CHECK(jit.counters().compiles == 2);
    }
}

TEST_CASE("a dependency that was asked for before, and is in use, is forgotten") {
  Place place;
  place.params.cache.use_disk = false;
  Jit jit;
  auto library = std::make_optional(jit.jit("base", place.params, base));
  jit.forget();
  CHECK(value(jit.jit("user", place.params, [](auto&&...) { return user; })) == 42);
  library.reset();
  jit.forget();
  const auto error = thrown<GenerateFailed>([&] { jit.jit("user", place.params, [](auto&&...) { return user; }); });
  CHECK_THAT(error.what(), Catch::Contains("'base', which has not been built"));
}

TEST_CASE("what jit_many has begun with is forgotten before a later module names it") {
  Place place;
  place.params.cache.use_disk = false;
  Jit jit;
  const auto forgets = [&](auto&&...) {
    jit.forget();
    return user;
  };
  const auto libraries = jit.jit_many({{"base", place.params, base}, {"user", place.params, forgets}});
  CHECK(value(libraries[1]) == 42);
}

TEST_CASE("what was said to be there is forgotten before the rest comes from another process") {
  Place there;
  Jit builder, receiver;
  const Library built = builder.jit("user", there.params, user_of_base(builder, there.params)).first;
  Params params = there.params;
  params.cache.use_disk = false;
  receiver.jit("base", params, base);
  Peers peers(receiver);
  const std::vector<bool> missing = peers.missing_parts(Peers::parts(built), params);
  CHECK(missing == std::vector<bool>{false, true});
  receiver.forget();
  CHECK(value(peers.unpack("user", params, Peers::pack(built, missing))) == 42);
}

TEST_CASE("threads that load and build while others forget and clean") {
  Place place;
  Jit& jit = default_jit();  // the one of clean_cache
  const std::uint64_t quarantined = jit.counters().quarantined;
  std::atomic<bool> done = false;
  std::thread forgets([&] {
    for (int i = 0; !done; ++i)
      if (i % 64 == 0)
        cache::clean_cache(place.params.cache, /*dryrun=*/false, {"inc", "src", "obj", "log"});
      else
        jit.forget();
  });
  std::atomic<int> right = 0;
  std::vector<std::string> errors(4);
  std::vector<std::thread> threads;
  for (std::string& error : errors)
    threads.emplace_back([&] {
      error = [&]() -> std::string {
        try {
          for (int i = 0; i < 100; ++i)
            right += value(jit.jit("user", place.params, user_of_base(jit, place.params))) == 42;
        } catch (const std::exception& failure) {
          return failure.what();
        }
        return "";
      }();
    });
  for (std::thread& thread : threads) thread.join();
  done = true;
  forgets.join();
  CHECK(errors == std::vector<std::string>(4));
  CHECK(right == 400);
  CHECK(jit.counters().quarantined == quarantined);
  jit.forget(place.params.cache.cache_dir);
}
