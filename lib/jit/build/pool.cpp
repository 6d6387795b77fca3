// A child of fork() has none of the threads, and one of them may have held the lock. So a child never uses the pool of
// its parent: its first use of the pool makes a new one. Tested in unittests/jit/pool_test.cpp and
// tests/faults/process_exit_test.py.

#include "jit/build/pool.h"

#include "jit/build/process_end.h"
#include "support/lock.h"
#include "support/trace.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <system_error>
#include <thread>
#include <vector>

namespace dijitso::pool {
namespace {

class Pool;

// The pool whose thread this is. A task may request a build itself, as a handler of warnings does; that build runs on
// the thread of the task.
thread_local Pool* on_pool = nullptr;

using Clock = std::chrono::steady_clock;

struct Task {
  std::function<void()> work;
  std::size_t most;
  Clock::time_point due;  // from then on it takes turns with the first queue
};

class Pool {
 public:
  pid_t owner() const { return owner_; }

  void submit(Task task, Urgency urgency) {
    if (!accept(task, urgency)) task.work();
  }

  void give_place() {
    const Lock lock(mutex_);
    --running_;
    if (can_run() && idle_ == 0) add_thread();
    changed_.notify_all();
  }
  void take_place() {
    const Lock lock(mutex_);
    ++running_;
  }

  // Waits until all tasks have run. Accepts no new ones, because otherwise other threads could prolong this without
  // end.
  void end() {
    std::vector<std::thread> threads;
    {
      const Lock lock(mutex_);
      ending_ = true;
      while (!awaited_.empty() || !meanwhile_.empty() || running_ > 0) changed_.wait(mutex_);
      ended_ = true;
      threads.swap(threads_);
    }
    changed_.notify_all();
    for (std::thread& thread : threads) thread.join();
  }

 private:
  // Moves the task into its queue. False, and the task stays, when no thread of the pool will run it.
  bool accept(Task& task, Urgency urgency) {
    const Lock lock(mutex_);
    if (ending_) return false;
    std::deque<Task>& line = urgency == Urgency::awaited ? awaited_ : meanwhile_;
    line.push_back(std::move(task));
    if (can_run() && idle_ == 0 && !add_thread()) {
      task = std::move(line.back());
      line.pop_back();
      return false;
    }
    changed_.notify_all();
    return true;
  }

  // The queue of the next task, if a task may run now. The queues take turns when a task of the second one is overdue.
  std::deque<Task>* next_line() DIJITSO_REQUIRES(mutex_) {
    const bool meanwhile_may_run =
        !meanwhile_.empty() && running_ < std::max<std::size_t>(2, meanwhile_.front().most) - 1;
    const auto is_its_turn = [&]() DIJITSO_REQUIRES(mutex_) {
      return last_was_awaited_ && meanwhile_.front().due <= Clock::now();
    };
    if (meanwhile_may_run && (awaited_.empty() || is_its_turn())) return &meanwhile_;
    return !awaited_.empty() && running_ < awaited_.front().most ? &awaited_ : nullptr;
  }
  bool can_run() DIJITSO_REQUIRES(mutex_) { return next_line() != nullptr; }

  // Returns false when the pool has no thread and the system gives none. Signals are blocked, so that threads of the
  // program handle them.
  bool add_thread() DIJITSO_REQUIRES(mutex_) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    try {
      threads_.emplace_back([this] { serve(); });
    } catch (const std::system_error&) {
      // The pool continues with the threads that it has.
    }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return !threads_.empty();
  }

  void serve() {
    on_pool = this;
    trace::name_thread("compiler");
    const Lock lock(mutex_);
    for (;;) {
      ++idle_;
      while (!ended_ && !can_run()) changed_.wait(mutex_);
      --idle_;
      if (ended_) return;
      std::deque<Task>& line = *next_line();
      last_was_awaited_ = &line == &awaited_;
      Task task = std::move(line.front());
      line.pop_front();
      ++running_;
      if (can_run() && idle_ == 0) add_thread();
      {
        const Unlocked unlocked(mutex_);
        task.work();
        task.work = nullptr;  // release its references before others see that it has run
      }
      --running_;
      changed_.notify_all();
    }
  }

  const pid_t owner_ = ::getpid();
  PlainMutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Task> awaited_ DIJITSO_GUARDED_BY(mutex_), meanwhile_ DIJITSO_GUARDED_BY(mutex_);
  std::vector<std::thread> threads_ DIJITSO_GUARDED_BY(mutex_);
  std::size_t running_ DIJITSO_GUARDED_BY(mutex_) = 0;
  std::size_t idle_ DIJITSO_GUARDED_BY(mutex_) = 0;
  bool last_was_awaited_ DIJITSO_GUARDED_BY(mutex_) = false;
  bool ending_ DIJITSO_GUARDED_BY(mutex_) = false;
  bool ended_ DIJITSO_GUARDED_BY(mutex_) = false;
};

std::atomic<Pool*> current = nullptr;

// The pool of this process. It is never destroyed, because destructors of static objects may still submit tasks.
Pool& pool_of_process() {
  Pool* known = current;
  while (!known || known->owner() != ::getpid()) {
    Pool* const fresh = new Pool;
    if (current.compare_exchange_strong(known, fresh)) return *fresh;
    delete fresh;
  }
  return *known;
}

std::atomic<bool> ending = false;

// A task that ends the process must not wait for itself.
void end_pool() {
  if (on_pool) return;
  ending = true;
  pool_of_process().end();
}

// nullptr on the thread of a task that has forked: its place is one of the pool of its parent.
Pool* pool_of_this_task() { return on_pool && on_pool->owner() == ::getpid() ? on_pool : nullptr; }

}  // namespace

PlaceGiven::PlaceGiven() {
  if (Pool* pool = pool_of_this_task()) pool->give_place();
}

PlaceGiven::~PlaceGiven() {
  if (Pool* pool = pool_of_this_task()) pool->take_place();
}

void submit(std::function<void()> task, Urgency urgency, std::size_t most, std::chrono::milliseconds patience) {
  if (on_pool && urgency == Urgency::awaited) return task();
  finish_at_process_end(end_pool);
  pool_of_process().submit({std::move(task), std::max<std::size_t>(1, most), Clock::now() + patience}, urgency);
}

void resume(std::function<void()> task, std::size_t most) {
  finish_at_process_end(end_pool);
  pool_of_process().submit({std::move(task), std::max<std::size_t>(1, most), Clock::now()}, Urgency::awaited);
}

bool is_ending() { return ending; }

}  // namespace dijitso::pool
