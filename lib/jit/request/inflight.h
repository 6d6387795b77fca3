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
  void refuse_circle(const Build& wanted) const;
  void wait_for(const Build& build);

  forking::Mutex mutex_;
  std::map<std::string, std::shared_ptr<Build>> builds_;
  std::map<forking::ThreadNumber, std::shared_ptr<Build>> waiting_;  // which thread waits for which build
};

}  // namespace dijitso
