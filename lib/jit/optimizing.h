// The second tier of a module: optimised code that takes the place of quick code while the program runs.
//
// The optimised object is what the module would have been compiled to at once; it alone is published. Whether the quick
// code has been linked by then is settled under a lock: if so, its functions are redirected; if not, the optimised
// object is linked instead of it. Thread-safety: all functions may be called from any thread.
#pragma once

#include "jit/build.h"
#include "jit/context.h"
#include "jit/module.h"
#include "support/claim.h"
#include "support/fork.h"

#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace dijitso {

class Optimizing : public std::enable_shared_from_this<Optimizing> {
 public:
  // `order` is without its dependencies, `entry` complete but for what is told to people. The module may go away
  // meanwhile: then its optimised object is only published. The claim is held until that is done.
  Optimizing(std::shared_ptr<Context> context, Order order, cache::Lookup place, cache::Entry entry,
             compile::QuickResult quick, Claim claim, std::weak_ptr<Module> module);

  // Goes on on the pool; here and now when too many are waiting, for each holds the code that it is to optimise.
  void begin();

  // Ready when the optimised code is in its place; throws what went wrong: then the quick code stays for good.
  const std::shared_future<void>& done() const { return done_; }

  // Whether nobody in this process goes on with it: it was begun in the parent, and was not ready when this one was
  // made by fork().
  bool is_left_behind() const;

  // Links `quick` with the function, unless the optimised object is there already: then that.
  CodePointer link(Context& context, const SharedBytes& quick,
                   const std::function<CodePointer(const SharedBytes&)>& link_object);

 private:
  void run() noexcept;
  void say_that_it_stays(const char* reason) const noexcept;
  void optimize(Context& context);
  void replace(Context& context, const CodePointer& code, const SharedBytes& optimized);

  std::shared_ptr<Context> context_;  // until it has been optimised: the context holds the module, which holds this
  const std::weak_ptr<Module> module_;
  const std::vector<std::string> shared_symbols_;
  Order order_;
  const cache::Lookup place_;
  cache::Entry entry_;
  std::unique_ptr<compile::Optimizer> optimizer_;
  Claim claim_;

  forking::Mutex mutex_;
  std::weak_ptr<const orc::LinkedModule> quick_code_;  // linked, and not replaced yet
  SharedBytes optimized_;                              // once it is there

  const std::uint64_t begun_in_ = forking::generation();
  std::promise<void> promise_;
  const std::shared_future<void> done_;
};

}  // namespace dijitso
