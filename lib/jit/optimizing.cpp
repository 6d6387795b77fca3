// Nothing here keeps a module loaded: its static destructors run when its last handle goes, whether it has been
// optimised by then or not. Tested in tests/jit/tiers_test.cpp.

#include "jit/optimizing.h"

#include "jit/building.h"
#include "jit/pool.h"
#include "support/held_messages.h"
#include "support/trace.h"

#include <dijitso/error.h>
#include <dijitso/log.h>

#include <chrono>
#include <exception>
#include <mutex>
#include <utility>

namespace dijitso {
namespace {

constexpr std::size_t most_held = 64;  // modules before optimisation: some have tens of megabytes

}  // namespace

Optimizing::Optimizing(std::shared_ptr<Context> context, Order order, cache::Lookup place, cache::Entry entry,
                       compile::QuickResult quick, Claim claim, std::weak_ptr<Module> module)
    : context_(std::move(context)),
      module_(std::move(module)),
      shared_symbols_(std::move(quick.shared_symbols)),
      order_(std::move(order)),
      place_(std::move(place)),
      entry_(std::move(entry)),
      optimizer_(std::move(quick.optimizer)),
      claim_(std::move(claim)),
      done_(promise_.get_future().share()) {
  context_->held_for_optimization.begin();
}

void Optimizing::begin() {
  context_->tasks.begin();
  if (context_->held_for_optimization.count() > most_held) return run();
  pool::submit([self = shared_from_this()] { self->run(); }, pool::Urgency::meanwhile, jobs_of(order_.params.build));
}

void Optimizing::run() noexcept {
  const std::shared_ptr<Context> context = std::move(context_);
  std::vector<log::Message> messages;
  std::exception_ptr failure;
  {
    const log::HoldMessages hold(messages);
    try {
      optimize(*context);
    } catch (const std::exception& error) {
      failure = std::current_exception();
      say_that_it_stays(error.what());
    }
  }
  optimizer_.reset();
  claim_ = Claim();
  context->held_for_optimization.end();
  context->say_later(std::move(messages));
  {
    const forking::Section section;
    if (failure)
      promise_.set_exception(failure);
    else
      promise_.set_value();
  }
  context->tell_optimized(failure ? nullptr : module_.lock());
  context->tasks.end();
}

void Optimizing::say_that_it_stays(const char* reason) const noexcept try {
  log::get_logger().warning("module '" + entry_.signature + "' keeps its quick code: " + reason);
} catch (const std::exception&) {
  // There is no memory for the message; wait_optimized() gives the reason.
}

void Optimizing::optimize(Context& context) {
  const compile::CompileResult result = optimizer_->optimize();
  trace_steps(result, entry_.signature, /*with_frontend=*/false);  // which ran for the quick code
  if (!result.ok) throw LinkFailed("it could not be optimised: " + result.diagnostics_text);
  context.store_for(order_.params.cache).usage().optimized(result.backend_seconds());
  const SharedBytes bytes = encode(entry_, order_, result);
  publish(context, order_, place_, *bytes, result, place_.slot_taken);
  CodePointer code;
  {
    const std::lock_guard lock(mutex_);
    optimized_ = bytes;
    code = quick_code_.lock();
  }
  if (const auto module = module_.lock()) module->set_entry(bytes);
  if (code) replace(context, code, bytes);
}

bool Optimizing::is_left_behind() const {
  return begun_in_ != forking::generation() && done_.wait_for(std::chrono::seconds(0)) != std::future_status::ready;
}

CodePointer Optimizing::link(Context& context, const SharedBytes& quick,
                             const std::function<CodePointer(const SharedBytes&)>& link_object) {
  SharedBytes optimized;
  {
    const std::lock_guard lock(mutex_);
    optimized = optimized_;
  }
  if (optimized) return link_object(optimized);
  CodePointer code = link_object(quick);
  ++context.counters.quick;
  {
    const std::lock_guard lock(mutex_);
    optimized = optimized_;
    quick_code_ = code;
  }
  if (!optimized) return code;
  // It came while the quick code was being linked.
  try {
    replace(context, code, optimized);
  } catch (const std::exception& error) {
    log::get_logger().warning("module '" + entry_.signature + "' keeps its quick code: " + error.what());
  }
  return code;
}

// At the end of the process no code is replaced any more.
void Optimizing::replace(Context& context, const CodePointer& code, const SharedBytes& optimized) {
  if (pool::is_ending()) return;
  const trace::Span span("replace", entry_.signature);
  context.session().replace(code, optimized, shared_symbols_);
  ++context.counters.optimized;
}

}  // namespace dijitso
