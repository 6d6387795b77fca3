// `generate` may call jit again, so a thread can wait for the build of another thread while it owns builds itself. Each
// thread waits for at most one build, and each build has one owner. Before waiting, the path of owners and builds is
// followed; if it leads back to this thread, waiting would be a deadlock. A thread whose awaited build has finished no
// longer counts as waiting, even if it has not woken up yet. Tested in unittests/jit/inflight_test.cpp.

#include "jit/request/inflight.h"

#include "jit/request/interruptible.h"
#include "support/failure.h"
#include "support/trace.h"

#include <dijitso/error.h>

namespace dijitso {

ModulePointer Inflight::run(const std::string& key, const std::string& name,
                            const std::function<ModulePointer()>& build, std::atomic<std::uint64_t>& waits) {
  const auto mine = std::make_shared<Build>();
  mine->name = name;
  mine->owner = forking::this_thread();
  mine->result = mine->promise.get_future().share();
  while (const std::shared_ptr<const Build> other = begin(key, mine)) {
    ++waits;
    wait_for(*other);
    try {
      return other->result.get();
    } catch (const Interrupted&) {
      // The owner was interrupted, but this thread was not: try again.
    }
  }
  try {
    mine->promise.set_value(build());
  } catch (...) {
    mine->promise.set_exception(std::current_exception());
  }
  {
    const Lock lock(mutex_);
    builds_.erase(key);
    mine->finished = true;
  }
  return mine->result.get();
}

std::shared_ptr<const Inflight::Build> Inflight::begin(const std::string& key, const std::shared_ptr<Build>& mine) {
  const Lock lock(mutex_);
  const auto running = builds_.find(key);
  if (running == builds_.end() || forking::was_left_behind(running->second->owner)) {
    builds_.insert_or_assign(key, mine);
    return nullptr;
  }
  refuse_circle(*running->second);
  return waiting_[forking::this_thread()] = running->second;
}

void Inflight::refuse_circle(const Build& wanted) const {
  std::string path = wanted.name;
  const Build* build = &wanted;
  while (build->owner != forking::this_thread()) {
    const auto next = waiting_.find(build->owner);
    if (next == waiting_.end() || next->second->finished) return;
    build = next->second.get();
    path += " -> " + build->name;
  }
  throw GenerateFailed("generating '" + wanted.name + "' needs '" + wanted.name + "' itself (" + path +
                       "): remove the circle from the dependencies");
}

void Inflight::wait_for(const Build& build) {
  const trace::Span span("inflight wait", build.name);
  const std::exception_ptr interrupted = failure_of([&] { wait_interruptibly(build.result); });
  const Lock lock(mutex_);
  waiting_.erase(forking::this_thread());
  if (interrupted) std::rethrow_exception(interrupted);
}

}  // namespace dijitso
