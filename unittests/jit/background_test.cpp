#include "jit/build/background.h"

#include "unittests/support/scratch.h"

#include <pthread.h>
#include <catch2/catch.hpp>

#include <latch>
#include <list>
#include <thread>

using namespace dijitso;
using namespace dijitso::testing;

namespace {

// A thread that ends when it is let go. The C library gives it the place of a thread that a child of fork() has not.
struct WaitingThread {
  std::latch gate{1};
  std::thread thread{[this] { gate.wait(); }};
};

}  // namespace

TEST_CASE("what runs in the background comes to its end, early when it is asked to") {
  std::atomic<bool> was_stopped = false;
  const Background work = run_in_background([&](const std::atomic<bool>& stop) {
    while (!stop) std::this_thread::yield();
    was_stopped = true;
  });
  work.finish();
  CHECK(was_stopped);
}

TEST_CASE("a child of fork() leaves alone its own thread, which has the place of one of its parent") {
  std::latch has_begun(1), may_end(1);
  pthread_t place{};
  const Background work = run_in_background([&](const std::atomic<bool>&) {
    place = ::pthread_self();
    has_begun.count_down();
    may_end.wait();
  });
  has_begun.wait();
  CHECK(in_child([&] {
          std::list<WaitingThread> own;
          while (own.size() < 100 && (own.empty() || own.back().thread.native_handle() != place)) own.emplace_back();
          expect(own.back().thread.native_handle() == place, "no thread has the place of the parent's");
          run_in_background([](const std::atomic<bool>&) {}).wait();
          for (WaitingThread& one : own) {
            one.gate.count_down();
            one.thread.join();  // throws when it was detached
          }
        }) == "");
  may_end.count_down();
  work.wait();
}
