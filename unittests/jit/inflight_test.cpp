#include "jit/request/inflight.h"

#include "modules.h"
#include "support/scratch.h"

#include <dijitso/error.h>

#include <catch2/catch.hpp>
#include <latch>
#include <stdexcept>
#include <thread>

using namespace dijitso;
using namespace dijitso::testing;
using Catch::Contains;

namespace {

struct Builds {
  Inflight inflight;
  std::atomic<std::uint64_t> waits{0};

  ModulePointer run(const std::string& key, const std::function<ModulePointer()>& build) {
    return inflight.run(key, key, build, waits);
  }
  void wait_until_waiting(std::uint64_t count) const {
    while (waits < count) std::this_thread::yield();
  }
};

void join(std::vector<std::thread>& threads) {
  for (std::thread& thread : threads) thread.join();
}

}  // namespace

TEST_CASE("threads that ask for the same get one build and the same module") {
  Builds builds;
  std::atomic<int> built{0};
  std::vector<ModulePointer> got(8);
  std::vector<std::thread> threads;
  for (ModulePointer& one : got)
    threads.emplace_back([&] {
      one = builds.run("m", [&] {
        ++built;
        builds.wait_until_waiting(7);
        return make_module("m");
      });
    });
  join(threads);
  CHECK(built == 1);
  CHECK(builds.waits == 7);
  CHECK(got[0] != nullptr);
  for (const ModulePointer& one : got) CHECK(one == got[0]);
}

TEST_CASE("builds of different keys run at the same time") {
  Builds builds;
  std::latch both_run(2);
  const auto build = [&] {
    both_run.arrive_and_wait();
    return make_module("m");
  };
  std::vector<std::thread> threads;
  for (const char* key : {"a", "b"}) threads.emplace_back([&, key] { builds.run(key, build); });
  join(threads);
  CHECK(builds.waits == 0);
}

TEST_CASE("an exception reaches every thread, and the next request builds again") {
  Builds builds;
  std::atomic<int> failed{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      try {
        builds.run("m", [&]() -> ModulePointer {
          builds.wait_until_waiting(3);
          throw CompileFailed("does not compile", {}, {});
        });
      } catch (const CompileFailed& error) {
        if (std::string(error.what()) == "does not compile") ++failed;
      }
    });
  join(threads);
  CHECK(failed == 4);
  CHECK_THROWS_AS(builds.run("m", []() -> ModulePointer { throw 42; }), int);
  CHECK(builds.run("m", [] { return make_module("m"); }) != nullptr);
}

TEST_CASE("a build may run other builds, and one after another for the same key") {
  Builds builds;
  const ModulePointer top = builds.run("top", [&] {
    const ModulePointer first = builds.run("part", [] { return make_module("part"); });
    const ModulePointer second = builds.run("part", [] { return make_module("part"); });
    return make_module("top", {first, second});
  });
  CHECK(top->dependencies.size() == 2);
  CHECK(builds.waits == 0);
}

TEST_CASE("a module that needs itself is an error that names the circle") {
  Builds builds;
  const auto build_a = [&] {
    return builds.run("b", [&] { return builds.run("a", [] { return make_module("a"); }); });
  };
  CHECK_THROWS_AS(builds.run("a", build_a), GenerateFailed);
  CHECK_THROWS_WITH(builds.run("a", build_a), Contains("'a'") && Contains("circle"));
  CHECK(builds.run("a", [] { return make_module("a"); }) != nullptr);
}

TEST_CASE("a circle over two threads ends in an error on both") {
  Builds builds;
  std::latch both_run(2);
  std::atomic<int> circles{0};
  const auto need = [&](const std::string& own, const std::string& other) {
    try {
      builds.run(own, [&] {
        both_run.arrive_and_wait();
        return builds.run(other, [&] { return make_module(other); });
      });
    } catch (const GenerateFailed& error) {
      if (std::string(error.what()).find(" -> ") != std::string::npos) ++circles;
    }
  };
  std::thread one([&] { need("a", "b"); });
  std::thread two([&] { need("b", "a"); });
  one.join();
  two.join();
  CHECK(circles == 2);
}

TEST_CASE("a circle over three threads ends too") {
  Builds builds;
  std::latch all_run(3);
  std::atomic<int> circles{0};
  const std::vector<std::string> keys = {"a", "b", "c"};
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < 3; ++i)
    threads.emplace_back([&, i] {
      try {
        builds.run(keys[i], [&] {
          all_run.arrive_and_wait();
          return builds.run(keys[(i + 1) % 3], [] { return make_module("m"); });
        });
      } catch (const GenerateFailed&) {
        ++circles;
      }
    });
  join(threads);
  CHECK(circles == 3);
}

TEST_CASE("a child of fork does not wait for a thread of its parent") {
  Builds builds;
  std::latch is_building(1), may_end(1);
  std::thread other([&] {
    builds.run("m", [&] {
      is_building.count_down();
      may_end.wait();
      return make_module("m");
    });
  });
  is_building.wait();
  const std::string failure = in_child([&] {
    ::alarm(60);
    for (const char* key : {"m", "other"}) {
      const auto module = builds.run(key, [&] { return make_module(key); });
      expect(module && module->signature == key, "another module");
    }
    expect(builds.waits == 0, "waits");
  });
  may_end.count_down();
  other.join();
  CHECK(failure == "");
}

TEST_CASE("a build goes on in a child of the thread that runs it") {
  Builds builds;
  std::string failure;
  builds.run("m", [&] {
    failure = in_child([&] {
      bool is_circle = false;
      try {
        builds.run("m", [] { return make_module("m"); });
      } catch (const GenerateFailed&) {
        is_circle = true;
      }
      expect(is_circle, "the child builds it twice");
      expect(builds.run("part", [] { return make_module("part"); }) != nullptr, "no module");
    });
    return make_module("m");
  });
  CHECK(failure == "");
}

TEST_CASE("a thread that has not woken up yet from a finished build is in no circle") {
  for (int round = 0; round < 300; ++round) {
    Builds builds;
    std::latch both_run(2);
    ModulePointer top, again;
    std::string fault;
    std::thread one([&] {
      top = builds.run("top", [&] {
        both_run.arrive_and_wait();
        return make_module("top", {builds.run("part", [] { return make_module("part"); })});
      });
    });
    std::thread two([&] {
      try {
        builds.run("part", [&] {
          both_run.arrive_and_wait();
          builds.wait_until_waiting(1);
          return make_module("part");
        });
        again = builds.run("top", [] { return make_module("top"); });
      } catch (const std::exception& error) {
        fault = error.what();
      }
    });
    one.join();
    two.join();
    REQUIRE(fault == "");
    REQUIRE(top != nullptr);
    REQUIRE(again != nullptr);
  }
}
