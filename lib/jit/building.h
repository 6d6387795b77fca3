// A module on its way from generated text to code, while other things go on.
//
// Compiling is done on the pool, and so is publishing, once the dependencies, which were submitted before, have been
// compiled too. Linking, with its static constructors, is done on the thread that wants the code. In a child of fork(),
// who wants a module that was being compiled in the parent has it compiled here.
#pragma once

#include "cache/lookup.h"
#include "jit/build.h"
#include "jit/context.h"
#include "jit/module.h"
#include "jit/optimizing.h"
#include "support/claim.h"
#include "support/fork.h"
#include "support/held_messages.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dijitso {

// build.jobs, or what it stands for.
std::size_t jobs_of(const BuildParams& build);

class Building final : public Unfinished, public std::enable_shared_from_this<Building> {
 public:
  // Begins with a module that has been generated, and remembers it as the variant used last. `companions` are modules
  // that were asked for meanwhile: they are to be ready when it is. `place` is where its entry belongs, unless that
  // depends on modules that are still being compiled. The claim is held until the entry has been published.
  static ModulePointer begin(std::shared_ptr<Context> context, Order order, std::vector<ModulePointer> companions,
                             std::optional<cache::Lookup> place, Claim claim);

  Building(std::shared_ptr<Context> context, Order order, std::vector<ModulePointer> companions,
           std::optional<cache::Lookup> place, Claim claim);
  ~Building() override;

  void wait_until_compiled() override;
  void wait_until_optimized() override;
  void link() override;
  bool stays_quick() override;
  bool failure_is_known() const override { return failure_is_known_; }
  bool is_left_behind() override;
  void continue_in_child() override;

 private:
  struct Work;
  void submit();
  void submit_in_child();
  void build() noexcept;
  void compile_and_publish(Work& work);
  void take(cache::Entry entry, SharedBytes object, bool is_final, std::shared_ptr<Optimizing> optimizing);
  void take_quick(Work& work, cache::Entry entry, compile::QuickResult code);
  void announce(std::exception_ptr failure);
  void wait_for(const std::shared_future<void>& step);
  void link_needed(const Module& module);
  void link_here(Context& shared, const std::shared_ptr<Module>& module);
  std::shared_ptr<Context> context();
  void let_go();
  void deliver_messages();

  const std::uint64_t begun_in_ = forking::generation();
  const std::string signature_;
  const CacheParams cache_;
  const Tier tier_;
  std::weak_ptr<Module> module_;

  forking::Mutex mutex_;
  std::uint64_t generation_ = forking::generation();  // of the process whose pool builds it
  std::shared_ptr<Context> context_;                  // until the module is linked
  std::vector<ModulePointer> companions_;             // as well
  std::vector<log::Message> messages_;                // until somebody waits
  std::shared_ptr<const Order> order_;                // until it is compiled
  std::optional<cache::Lookup> place_;
  Claim claim_;
  std::exception_ptr failure_;  // from then on one of these: why it failed, or what it was compiled to
  cache::Entry entry_;
  SharedBytes object_;
  std::shared_ptr<Optimizing> optimizing_;  // the second tier, if there is one

  std::atomic<bool> failure_is_known_{false};
  std::promise<void> compiled_promise_;
  const std::shared_future<void> compiled_;
};

}  // namespace dijitso
