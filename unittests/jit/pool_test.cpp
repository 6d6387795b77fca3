#include "jit/build/pool.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <condition_variable>
#include <latch>
#include <mutex>
#include <thread>
#include <vector>

using namespace dijitso::pool;

namespace {

// Closed until it is opened.
class Gate {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    is_open_ = true;
    changed_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return is_open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_open_ = false;
};

}  // namespace

TEST_CASE("tasks run at the same time, on other threads") {
  std::latch both_run(2), both_done(2);
  std::atomic<bool> here{false};
  for (int i = 0; i < 2; ++i)
    submit(
        [&, caller = std::this_thread::get_id()] {
          both_run.arrive_and_wait();
          if (std::this_thread::get_id() == caller) here = true;
          both_done.count_down();
        },
        Urgency::awaited, 2);
  both_done.wait();
  CHECK(!here);
}

TEST_CASE("no more tasks run at the same time than they allow") {
  constexpr int count = 20;
  std::latch done(count);
  std::atomic<int> running{0}, most{0};
  for (int i = 0; i < count; ++i)
    submit(
        [&] {
          const int now = ++running;
          int known = most;
          while (known < now && !most.compare_exchange_weak(known, now)) {
          }
          std::this_thread::yield();
          --running;
          done.count_down();
        },
        Urgency::awaited, 1);
  done.wait();
  CHECK(most == 1);
}

namespace {

// In which order tasks of the two lines run one after the other, submitted in the order 1 to 4 when all may.
std::vector<int> order_of(std::chrono::milliseconds patience) {
  Gate gate;
  std::latch begun(1), done(4);
  std::mutex mutex;
  std::vector<int> order;
  const auto note = [&](int number) {
    return [&, number] {
      {
        const std::lock_guard lock(mutex);
        order.push_back(number);
      }
      done.count_down();
    };
  };
  submit(
      [&] {
        begun.count_down();
        gate.wait();
      },
      Urgency::awaited, 1);
  begun.wait();
  submit(note(1), Urgency::meanwhile, 1, patience);
  submit(note(2), Urgency::meanwhile, 1, patience);
  submit(note(3), Urgency::awaited, 1);
  submit(note(4), Urgency::awaited, 1);
  gate.open();
  done.wait();
  return order;
}

}  // namespace

TEST_CASE("what somebody waits for comes before what can be done meanwhile") {
  CHECK(order_of(std::chrono::hours(1)) == std::vector{3, 4, 1, 2});
}

TEST_CASE("what has waited too long to be done meanwhile takes turns with what somebody waits for") {
  CHECK(order_of(std::chrono::milliseconds(0)) == std::vector{1, 3, 2, 4});
}

TEST_CASE("a task that submits another one does it itself") {
  std::latch done(1);
  bool inner_first = false;
  submit(
      [&] {
        bool inner = false;
        submit([&] { inner = true; }, Urgency::awaited, 1);
        inner_first = inner;
        done.count_down();
      },
      Urgency::awaited, 1);
  done.wait();
  CHECK(inner_first);
}

TEST_CASE("what a task submits to be done meanwhile is done after it") {
  std::latch done(1);
  std::atomic<bool> first_has_ended{false}, was_after{false};
  submit(
      [&] {
        submit(
            [&] {
              was_after = first_has_ended.load();
              done.count_down();
            },
            Urgency::meanwhile, 1);
        first_has_ended = true;
      },
      Urgency::awaited, 1);
  done.wait();
  CHECK(was_after);
}

TEST_CASE("a task may wait for one that was submitted before it") {
  std::latch first(1), done(1);
  submit([&] { first.count_down(); }, Urgency::awaited, 2);
  submit([&] { first.wait(), done.count_down(); }, Urgency::awaited, 2);
  done.wait();
  SUCCEED();
}

TEST_CASE("a task that gives its place away may wait for one that was submitted after it") {
  std::latch first_runs(1), second(1), done(1);
  std::atomic<int> running{0}, most{0};
  const auto run = [&] {
    const int now = ++running;
    if (now > most) most = now;
  };
  submit(
      [&] {
        run();
        first_runs.count_down();
        {
          --running;
          const PlaceGiven given;
          second.wait();
        }
        run();
        --running;
        done.count_down();
      },
      Urgency::awaited, 1);
  first_runs.wait();
  submit([&] { run(), --running, second.count_down(); }, Urgency::awaited, 1);
  done.wait();
  CHECK(most == 1);
}

TEST_CASE("a task that goes on later is queued, also by a task") {
  std::latch done(2);
  std::atomic<bool> has_ended{false}, was_later{false};
  submit(
      [&] {
        resume(
            [&] {
              was_later = has_ended.load();
              done.count_down();
            },
            1);
        has_ended = true;
        done.count_down();
      },
      Urgency::awaited, 1);
  done.wait();
  CHECK(was_later);
}
