// Tested in unittests/jit/module_state_test.cpp and, with real modules, in tests/jit: concurrent_test.cpp,
// tiers_test.cpp, peers_test.cpp, and tests/faults/fork_test.py.

#include "jit/loaded/module_state.h"

#include "jit/build/pool.h"
#include "jit/request/interruptible.h"
#include "support/trace.h"

#include <dijitso/error.h>

#include <chrono>
#include <iterator>
#include <optional>
#include <utility>

namespace dijitso {
namespace {

bool is_ready(const std::shared_future<void>& step) {
  return step.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
}

}  // namespace

ModuleState::ModuleState(std::string signature, std::shared_ptr<const BuildTask> task, bool quick_only)
    : signature_(std::move(signature)), quick_only_(quick_only), task_(std::move(task)) {}

ModuleState::ModuleState(std::string signature)
    : signature_(std::move(signature)), brought_by_(forking::this_thread()) {}

ModuleState::ModuleState(std::string signature, const Digest& identity, SharedBytes entry)
    : ModuleState(std::move(signature), nullptr, /*quick_only=*/false) {
  come(identity, std::move(entry));
}

ModuleState::~ModuleState() { log::deliver(messages_); }

bool ModuleState::may_wait() const {
  return brought_by_ == 0 || (forking::this_thread() != brought_by_ && !forking::was_left_behind(brought_by_));
}

void ModuleState::wait_for(Stage wanted) {
  const std::shared_future<void>& step = wanted == Stage::compiled ? compiled_ : final_;
  if (!is_ready(step)) {
    refuse_to_wait();
    const trace::Span span("compile wait", signature_);
    std::optional<pool::PlaceGiven> given;
    if (!has_begun_) given.emplace();
    wait_interruptibly(step);
  }
  deliver_messages();
  if (stage() < wanted) throw_failure();
}

void ModuleState::refuse_to_wait() const {
  if (!may_wait())
    throw InvalidArgument("module '" + signature_ +
                          "' is being built by another process: its code cannot be used before all modules that were "
                          "asked for together are there");
  if (is_left_behind())
    throw CacheError("module '" + signature_ +
                     "' was being optimised when this process was made by fork(): its quick code stays here; ask for "
                     "the module again to get optimised code");
}

void ModuleState::throw_failure() const {
  std::exception_ptr failure;
  {
    const Lock lock(mutex_);
    failure = failure_;
  }
  if (failure) std::rethrow_exception(failure);
  throw InvalidArgument("module '" + signature_ +
                        "' was compiled with build.tier = quick, so there is no optimised code of it and no entry in a "
                        "cache: ask for it with build.tier full or auto");
}

void ModuleState::deliver_messages() {
  std::vector<log::Message> messages;
  {
    const Lock lock(mutex_);
    messages.swap(messages_);
  }
  log::deliver(messages);
}

bool ModuleState::is_left_behind() const {
  if (stage() != Stage::compiled || !was_begun_in_parent()) return false;
  const Lock lock(mutex_);
  return stage() == Stage::compiled && !is_ready(final_) && generation_ != forking::generation();
}

std::shared_ptr<const BuildTask> ModuleState::take_over() {
  const Lock lock(mutex_);
  if (!task_ || generation_ == forking::generation()) return nullptr;
  generation_ = forking::generation();
  has_begun_ = false;
  return task_;
}

std::shared_ptr<const CompiledObject> ModuleState::object() const {
  const Lock lock(mutex_);
  return object_;
}

SharedBytes ModuleState::optimised_bytes() const {
  const Lock lock(mutex_);
  return optimised_;
}

void ModuleState::advance(Stage stage, bool is_final) {
  stage_.store(stage, std::memory_order_release);
  task_ = nullptr;
  if (!is_ready(compiled_)) compiled_promise_.set_value();
  if (is_final) final_promise_.set_value();
}

void ModuleState::compiled(const Digest& identity, std::shared_ptr<const CompiledObject> object,
                           std::vector<log::Message> messages, bool is_final) {
  const Lock lock(mutex_);
  if (is_ready(compiled_)) return;
  identity_ = identity;
  object_ = std::move(object);
  messages_ = std::move(messages);
  if (object_->is_quick) return advance(Stage::compiled, is_final);
  entry_ = object_->bytes;
  advance(Stage::optimised, /*is_final=*/true);
}

void ModuleState::come(const Digest& identity, SharedBytes entry) {
  const Lock lock(mutex_);
  if (is_ready(final_)) return;
  identity_ = identity;
  entry_ = std::move(entry);
  advance(Stage::optimised, /*is_final=*/true);
}

CodePointer ModuleState::set_optimised_bytes(SharedBytes entry) {
  const Lock lock(mutex_);
  optimised_ = std::move(entry);
  return quick_code_.lock();
}

void ModuleState::replaced() {
  const Lock lock(mutex_);
  entry_ = optimised_;
  advance(Stage::optimised, /*is_final=*/true);
}

void ModuleState::failed(std::exception_ptr failure, std::vector<log::Message> messages) {
  const Lock lock(mutex_);
  if (is_ready(final_)) return;
  failure_ = std::move(failure);
  messages_.insert(messages_.end(), std::move_iterator(messages.begin()), std::move_iterator(messages.end()));
  advance(stage(), /*is_final=*/true);
}

SharedBytes ModuleState::linked_quick_code(const CodePointer& code) {
  const Lock lock(mutex_);
  quick_code_ = code;
  return optimised_;
}

}  // namespace dijitso
