// A thread that has an InterruptCheck is called away from where it waits; what it waited for goes on.
#include "tests/support/modules.h"

#include <dijitso/interrupt.h>
#include <catch2/catch.hpp>

#include <atomic>
#include <future>
#include <thread>

using namespace dijitso;
using namespace dijitso::testing;

namespace {

void call_away() { throw std::domain_error("there is a visitor"); }

// Runs `action` until the check has called this thread away.
template <class Action>
void is_called_away(Action action) {
  const InterruptCheck check(call_away);
  const auto interrupted = thrown<Interrupted>([&] {
    try {
      action();
    } catch (const Interrupted& error) {
      CHECK_THROWS_WITH(std::rethrow_if_nested(error), "there is a visitor");
      throw;
    }
  });
  CHECK(std::string(interrupted.what()) == "the request was interrupted");
}

// A second of work for the compiler.
std::string long_source() {
  std::string source = value_source(42);
  for (int i = 0; i < 40; ++i) {
    const std::string name = "T" + std::to_string(i);
    source += "template <int N> struct " + name + " { static constexpr int value = " + name +
              "<N - 1>::value + 1; };\ntemplate <> struct " + name +
              "<0> { static constexpr int value = 0; };\nstatic_assert(" + name + "<800>::value == 800);\n";
  }
  return source;
}

}  // namespace

TEST_CASE("a thread is called away from a compile, which goes on") {
  Place place;
  Jit jit;
  is_called_away([&] { jit.jit("m", place.params, gives(long_source())); });
  CHECK(value(jit.jit("m", place.params, never)) == 42);
  CHECK(jit.counters().compiles == 1);

  const LibraryFuture future = jit.jit_async("n", place.params, gives(long_source()));
  is_called_away([&] { future.get(); });
  is_called_away([&] { jit.wait_for_background(); });
  CHECK(value(future.get()) == 42);
}

TEST_CASE("the end of a Jit is waited for all the same") {
  Place place;
  {
    const InterruptCheck check(call_away);
    Jit jit;
    jit.jit_async("m", place.params, gives(long_source()));
  }
  CHECK(names_in(place.cache / "obj").size() == 1);
}

TEST_CASE("a thread is called away from what another one generates") {
  Place place;
  Jit jit;
  std::promise<void> entered, go_on;
  std::thread other([&] {
    jit.jit("m", place.params, [&](auto&&...) {
      entered.set_value();
      go_on.get_future().wait();
      return Generated{"", value_source(42), {}};
    });
  });
  entered.get_future().wait();
  is_called_away([&] { jit.jit("m", place.params, never); });
  {
    const InterruptCheck outer(call_away);
    const InterruptCheck none({});  // the last one counts
    go_on.set_value();
    CHECK(value(jit.jit("m", place.params, never)) == 42);
  }
  other.join();
}

TEST_CASE("a thread whose builder is called away builds instead of it") {
  Place place;
  Jit jit;
  std::future<int> other;
  is_called_away([&] {
    jit.jit("m", place.params, [&](auto&&...) -> Generated {
      other = std::async(std::launch::async, [&] { return value(jit.jit("m", place.params, gives_value(42))); });
      while (jit.counters().waits == 0) std::this_thread::yield();
      jit.jit("inner", place.params, gives(long_source())).first.find("value");
      return {};
    });
  });
  CHECK(other.get() == 42);
  CHECK(jit.counters().compiles == 2);
}
