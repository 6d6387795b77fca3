// A thread that waits for a build may destroy the last handle of the module right after it, and the module's static
// destructors must run on that thread. So a build releases its references to modules before it advances the state.
// Tested in tests/jit/concurrent_test.cpp and tiers_test.cpp.

#include "jit/build/builder.h"

#include "jit/build/needed.h"
#include "jit/build/pool.h"
#include "jit/link/backends.h"
#include "jit/link/linking.h"
#include "support/cores.h"
#include "support/held_messages.h"

#include <dijitso/error.h>
#include <dijitso/interrupt.h>
#include <dijitso/log.h>

#include <exception>
#include <filesystem>
#include <new>
#include <utility>

namespace dijitso {
namespace {

constexpr std::size_t most_held = 64;  // modules waiting for optimisation; some take tens of megabytes

// One build, which runs on the pool.
class Build : public std::enable_shared_from_this<Build> {
 public:
  Build(std::shared_ptr<Context> context, const Module& module, std::shared_ptr<const BuildTask> task,
        std::optional<cache::Lookup> lookup, Claim claim, bool begun_in_parent)
      : context_(std::move(context)),
        state_(module.state),
        module_(module.weak_from_this()),
        task_(std::move(task)),
        dependencies_(module.dependencies),
        lookup_(std::move(lookup)),
        claim_(std::move(claim)),
        begun_in_parent_(begun_in_parent) {}

  void submit() {
    context_->tasks.begin();
    pool::submit([self = shared_from_this()] { self->run(); }, pool::Urgency::awaited, jobs_of(task_->params.build));
  }

 private:
  void run() noexcept;
  void resume() noexcept;
  bool compile_and_publish();
  void wait_for_dependencies() const;
  void look_up_again();
  bool take_hit();
  void begin_to_optimise();
  void run_optimiser() noexcept;
  void warn_that_quick_code_stays(const char* reason) const noexcept;
  void optimise();

  const std::shared_ptr<Context> context_;
  const std::shared_ptr<ModuleState> state_;
  const std::weak_ptr<const Module> module_;
  const std::shared_ptr<const BuildTask> task_;
  std::vector<ModulePointer> dependencies_;  // until the module has been compiled
  std::optional<cache::Lookup> lookup_;
  Claim claim_;
  const bool begun_in_parent_;

  std::vector<log::Message> messages_;
  std::shared_ptr<const CompiledObject> object_;
  std::unique_ptr<compilation::Optimizer> optimizer_;  // until the module has been optimised
};

// Compiles and publishes. Optimising quick code is a second task, in the pool's second queue. A build that waits for
// precompiled headers ends here and runs again later, maybe before this function has returned: so nothing follows.
void Build::run() noexcept {
  const InterruptCheck none({});  // this may be a caller's thread, when the system gives no other thread
  std::exception_ptr failure;
  Digest identity;
  {
    const log::HoldMessages hold(messages_);
    try {
      if (!compile_and_publish()) return;
      identity = object_->entry.identity();
      if (const ModulePointer module = module_.lock()) context_->memory.note_identity(module, identity);
    } catch (...) {
      failure = std::current_exception();
    }
  }
  if (failure)
    if (const ModulePointer module = module_.lock()) context_->memory.remove(*module);
  dependencies_.clear();
  if (failure) optimizer_.reset();
  if (!optimizer_) claim_ = Claim();
  if (failure)
    state_->failed(failure, std::move(messages_));
  else
    state_->compiled(identity, object_, std::move(messages_), /*is_final=*/!optimizer_);
  if (optimizer_) begin_to_optimise();
  context_->tasks.end();
}

// Returns false when the build will run again, because another thread is making its precompiled headers.
bool Build::compile_and_publish() {
  if (begun_in_parent_) {  // the parent process may have published the module since
    wait_for_dependencies();
    look_up_again();
    if (take_hit()) return true;
  }
  const auto prepared =
      prepare_compile(*context_, *task_, dependencies_, [self = shared_from_this()] { self->resume(); });
  if (!prepared) return false;
  state_->begun();
  Compilation compilation = compile_module(*context_, *task_, *prepared);
  wait_for_dependencies();
  if (!lookup_) look_up_again();
  if (take_hit()) return true;

  CompiledObject object{.entry = describe(*task_, dependencies_, compilation)};
  compilation::QuickResult& code = compilation.code;
  if (code.optimizer) {  // the entry is complete enough for dependents
    object.is_quick = true;
    object.bytes = std::make_shared<const Bytes>(std::move(code.result.object));
    object.shared_symbols = std::move(code.shared_symbols);
    if (task_->tier == Tier::replaced) optimizer_ = std::move(code.optimizer);
  } else {
    object.bytes = encode(object.entry, *task_, code.result);
    publish(*context_, *task_, *lookup_, *object.bytes, code.result, lookup_->slot_taken);
  }
  object_ = std::make_shared<const CompiledObject>(std::move(object));
  return true;
}

// Runs here when there is no memory to queue it, because others wait for the module.
void Build::resume() noexcept try {
  pool::resume([self = shared_from_this()] { self->run(); }, jobs_of(task_->params.build));
} catch (const std::bad_alloc&) {
  run();
}

void Build::wait_for_dependencies() const {
  for (const ModulePointer& needed : dependencies_) try {
      needed->identity();
    } catch (...) {
      throw_as_need_of(task_->request.signature, needed->signature);
    }
}

void Build::look_up_again() {
  lookup_ = look_up(*context_, context_->store_for(task_->params.cache), task_->request, dependencies_);
}

bool Build::take_hit() {
  if (!lookup_ || !lookup_->hit) return false;
  object_ = std::make_shared<const CompiledObject>(CompiledObject{lookup_->hit->entry, lookup_->hit->bytes});
  return true;
}

// Optimises on this thread when too many modules are waiting, because each of them keeps its code in memory.
void Build::begin_to_optimise() {
  context_->tasks.begin();
  context_->held_for_optimization.begin();
  if (context_->held_for_optimization.count() > most_held) return run_optimiser();
  pool::submit([self = shared_from_this()] { self->run_optimiser(); }, pool::Urgency::meanwhile,
               jobs_of(task_->params.build));
}

void Build::run_optimiser() noexcept {
  const InterruptCheck none({});
  std::vector<log::Message> messages;
  std::exception_ptr failure;
  {
    const log::HoldMessages hold(messages);
    try {
      optimise();
    } catch (const std::exception& error) {
      failure = std::current_exception();
      warn_that_quick_code_stays(error.what());
    }
  }
  optimizer_.reset();
  claim_ = Claim();
  context_->held_for_optimization.end();
  context_->deliver_later(std::move(messages));
  if (failure) {
    state_->failed(failure, {});
  } else {
    state_->replaced();
    context_->tell_optimized(module_.lock());
  }
  context_->tasks.end();
}

void Build::warn_that_quick_code_stays(const char* reason) const noexcept try {
  log::get_logger().warning("module '" + task_->request.signature + "' keeps its quick code: " + reason);
} catch (const std::exception&) {
  // There is no memory for the message; wait_optimized() gives the reason.
}

void Build::optimise() {
  const compilation::CompileResult result = optimizer_->optimize();
  trace_steps(result, task_->request.signature, /*with_frontend=*/false);  // the frontend ran for the quick code
  if (!result.ok) throw LinkFailed("it could not be optimised: " + result.diagnostics_text);
  context_->store_for(task_->params.cache).usage().optimized(result.backend_seconds());
  cache::Entry entry = object_->entry;
  const SharedBytes bytes = encode(entry, *task_, result);
  publish(*context_, *task_, *lookup_, *bytes, result, lookup_->slot_taken);
  if (const CodePointer code = state_->set_optimised_bytes(bytes))
    replace_quick_code(*context_, task_->request.signature, code, *object_, bytes);
}

// Fixes the failure directory to the current directory of the request, even if the program changes it later.
void settle_fail_dir(CacheParams& cache) {
  std::error_code error;
  const std::filesystem::path here = std::filesystem::current_path(error);
  if (!cache.fail_dir_root && !error) cache.fail_dir_root = here.string();
}

}  // namespace

std::size_t jobs_of(const BuildParams& build) {
  return build.jobs > 0 ? static_cast<std::size_t>(build.jobs) : available_cores();
}

ModulePointer begin_build(std::shared_ptr<Context> context, BuildTask task, Dependencies dependencies,
                          std::vector<ModulePointer> requested_meanwhile, std::optional<cache::Lookup> lookup,
                          Claim claim) {
  compiler_for(task.request.signature);  // throws when there is no compiler
  const Request& request = task.request;
  const CacheParams cache = task.params.cache;
  ModuleFacts facts{.signature = request.signature,
                    .name_space = memory_namespace(cache),
                    .request = request.digest,
                    .build = request.build,
                    .target = target_of(request.text),
                    .header = task.generated.header,
                    .dependencies = std::move(dependencies.modules),
                    .meant = std::move(dependencies.meant),
                    .usage = &context->store_for(cache).usage()};
  settle_fail_dir(task.params.cache);
  const bool quick_only = task.tier == Tier::quick;
  const auto shared_task = std::make_shared<const BuildTask>(std::move(task));
  auto state = std::make_shared<ModuleState>(facts.signature, shared_task, quick_only);
  const auto module = std::make_shared<const Module>(std::move(facts), std::move(state),
                                                     Module::Unlinked{context, cache, std::move(requested_meanwhile)});
  context->memory.add(module);
  std::make_shared<Build>(context, *module, shared_task, std::move(lookup), std::move(claim), /*begun_in_parent=*/false)
      ->submit();
  return module;
}

void build_what_was_left_behind(const Module& module) {
  if (module.is_compiled() || !module.state->was_begun_in_parent()) return;
  // Dependencies first. Otherwise each build would begin its dependencies recursively, and chains may be long.
  const auto begin_anew = [](const Module& one) {
    const std::shared_ptr<const BuildTask> task = one.state->take_over();
    const std::shared_ptr<const Module::Unlinked> unlinked = one.unlinked();
    if (task && unlinked)
      std::make_shared<Build>(unlinked->context, one, task, std::nullopt, Claim(), /*begun_in_parent=*/true)->submit();
  };
  for (const ModulePointer& needed : closure(module.dependencies, [](const Module& m) { return m.is_compiled(); }))
    begin_anew(*needed);
  begin_anew(module);
}

}  // namespace dijitso
