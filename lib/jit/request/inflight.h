// Allows one build at a time for each request among the threads of this process; other threads wait for its result.
#pragma once

#include "jit/loaded/module.h"
#include "support/fork.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <string>

namespace dijitso {

class Inflight {
 public:
  // Runs `build`, unless another thread is running one for `key`. In that case waits and returns its result or throws
  // its exception; if that is Interrupted, tries again. `name` is for messages. Throws GenerateFailed when modules
  // generate each other in a circle, since waiting would never end. In a child of fork(), builds of the parent's other
  // threads are ignored.
  ModulePointer run(const std::string& key, const std::string& name, const std::function<ModulePointer()>& build,
                    std::atomic<std::uint64_t>& waits);

 private:
  struct Build {
    std::string name;
    forking::ThreadNumber owner = 0;
    std::promise<ModulePointer> promise;
    std::shared_future<ModulePointer> result;
    bool finished = false;
  };
  // Makes `mine` the build of the key, and returns nullptr; or returns the build of another thread, for which this
  // thread waits from now on.
  std::shared_ptr<const Build> begin(const std::string& key, const std::shared_ptr<Build>& mine);
  void refuse_circle(const Build& wanted) const DIJITSO_REQUIRES(mutex_);
  void wait_for(const Build& build);

  forking::Mutex mutex_;
  std::map<std::string, std::shared_ptr<Build>> builds_ DIJITSO_GUARDED_BY(mutex_);
  std::map<forking::ThreadNumber, std::shared_ptr<Build>> waiting_
      DIJITSO_GUARDED_BY(mutex_);  // which thread waits for which build
};

}  // namespace dijitso
