#include "support/refused_calls.h"
#include "support/scratch.h"

#include <sys/syscall.h>

#include <catch2/catch.hpp>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <set>
#include <thread>

using namespace dijitso::testing;

extern "C" std::uint32_t arc4random();

namespace {

std::size_t different_numbers() {
  std::set<std::uint32_t> numbers;
  for (int i = 0; i < 100; ++i) numbers.insert(arc4random());
  return numbers.size();
}

}  // namespace

TEST_CASE("random numbers differ, with the system call and without it") {
  CHECK(different_numbers() >= 99);
  const std::string text = in_child([] {
    refuse_call(SYS_getrandom);
    if (different_numbers() < 90) throw std::runtime_error("the numbers are equal");
  });
  CHECK(text == "");
}

TEST_CASE("a condition variable waits until it is notified") {
  std::mutex mutex;
  std::condition_variable changed;
  int turn = 0;
  std::thread other([&] {
    for (int mine = 1; mine < 100; mine += 2) {
      std::unique_lock<std::mutex> lock(mutex);
      changed.wait(lock, [&] { return turn == mine; });
      ++turn;
      changed.notify_all();
    }
  });
  for (int mine = 0; mine < 100; mine += 2) {
    std::unique_lock<std::mutex> lock(mutex);
    changed.wait(lock, [&] { return turn == mine; });
    ++turn;
    changed.notify_all();
  }
  other.join();
  CHECK(turn == 100);
}
