#include "support/fork.h"

#include "scratch.h"

#include <catch2/catch.hpp>

#include <latch>
#include <thread>
#include <utility>

using namespace dijitso;
using namespace dijitso::testing;

namespace {

// Holds a lock on another thread until it is destroyed.
template <class Lock>
class HeldElsewhere {
 public:
  template <class M>
  explicit HeldElsewhere(M& mutex)
      : thread_([this, &mutex] {
          const Lock lock(mutex);
          is_held_.count_down();
          may_end_.wait();
        }) {
    is_held_.wait();
  }
  ~HeldElsewhere() {
    may_end_.count_down();
    thread_.join();
  }

 private:
  std::latch is_held_{1}, may_end_{1};
  std::thread thread_;
};

}  // namespace

TEST_CASE("a child never sees half of what is changed in a section") {
  forking::Mutex mutex;
  std::pair<int, int> numbers;
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i)
    threads.emplace_back([&] {
      while (!stop) {
        const std::lock_guard lock(mutex);
        ++numbers.first;
        std::this_thread::yield();
        ++numbers.second;
      }
    });
  std::string failure;
  for (int i = 0; i < 50 && failure.empty(); ++i)
    failure = in_child([&] {
      ::alarm(60);
      const std::lock_guard lock(mutex);
      expect(numbers.first == numbers.second, "half of a change");
    });
  stop = true;
  for (std::thread& thread : threads) thread.join();
  CHECK(failure == "");
}

TEST_CASE("a mutex that threads of the parent were reading under is free in a child") {
  forking::SharedMutex mutex;
  const HeldElsewhere<std::shared_lock<forking::SharedMutex>> held(mutex);
  CHECK(in_child([&] {
          ::alarm(60);
          for (int i = 0; i < 2; ++i) {
            const std::unique_lock lock(mutex);
          }
        }) == "");
}

TEST_CASE("fork does not wait for a mutex that is held for long, which is free in the child") {
  forking::LongMutex mutex;
  const HeldElsewhere<std::lock_guard<forking::LongMutex>> held(mutex);
  CHECK(in_child([&] {
          ::alarm(60);
          const std::lock_guard lock(mutex);
          const std::lock_guard again(mutex);
        }) == "");
}

TEST_CASE("a thread that forks keeps a mutex that is held for long") {
  forking::LongMutex mutex;
  std::unique_lock lock(mutex);
  CHECK(in_child([&] {
          ::alarm(60);
          std::atomic<bool> is_free{false};
          std::thread other([&] {
            const std::lock_guard lock_of_other(mutex);
            is_free = true;
          });
          for (int i = 0; i < 100; ++i) std::this_thread::yield();
          const bool was_free = is_free;
          lock.unlock();
          other.join();
          expect(!was_free, "another thread has got it");
        }) == "");
}

TEST_CASE("a child knows which threads it was born without") {
  const auto number_of_thread = [] {
    forking::ThreadNumber number = 0;
    std::thread([&] { number = forking::this_thread(); }).join();
    return number;
  };
  const forking::ThreadNumber mine = forking::this_thread(), other = number_of_thread();
  const std::uint64_t generation = forking::generation();
  CHECK_FALSE(forking::was_left_behind(other));
  CHECK(in_child([&] {
          expect(forking::generation() == generation + 1, "generation of the child");
          expect(forking::this_thread() == mine && !forking::was_left_behind(mine), "the thread that forked");
          expect(forking::was_left_behind(other), "another one of the parent");
          expect(!forking::was_left_behind(number_of_thread()), "a new one of the child");
        }) == "");
  CHECK(forking::generation() == generation);
}

TEST_CASE("what is made once is made by one of the threads that ask for it") {
  static constinit forking::Once<int> once;
  std::atomic<int> made{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      once.get([&] {
        ++made;
        return 7;
      });
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(made == 1);
  CHECK(once.get() == 7);
}
