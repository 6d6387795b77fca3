// Tested in tests/jit/peers_test.cpp and tests/mpi/jit_many_test.cpp.

#include "jit/plans.h"

#include "llvm-config/host.h"

#include <dijitso/error.h>
#include <dijitso/interrupt.h>

#include <algorithm>

namespace dijitso {

Plans::~Plans() {
  const InterruptCheck none({});
  give_up(std::make_exception_ptr(CommunicationError("a module that another process was to build did not come")));
  for (const ModulePointer& module : begun) try {
      module->identity();
    } catch (const std::exception&) {
      // Whoever asked for it is told.
    }
}

std::vector<SentPlan> Plans::tell(const ModulePointer& module) {
  std::vector<SentPlan> plans;
  for (const ModulePointer& part : closure({module}, [&](const Module& m) { return known_.contains(&m); })) {
    SentPlan plan{part->signature, part->request, part->build, part->header, {}};
    for (const ModulePointer& needed : part->dependencies)
      plan.dependencies.emplace_back(needed->signature, needed->build);
    plans.push_back(std::move(plan));
    known_.emplace(part.get(), part);
  }
  return plans;
}

std::vector<ModulePointer> Plans::known() const {
  std::vector<ModulePointer> modules;
  for (const auto& [address, module] : known_) modules.push_back(module);
  return modules;
}

ModulePointer Plans::find(const std::string& signature, const Digest& build, const std::string& scope) const {
  if (ModulePointer present = context_->memory.find_variant(signature, build, scope)) return present;
  for (const auto& [address, module] : known_)
    if (module->signature == signature && module->build == build && module->scope == scope) return module;
  return nullptr;
}

void Plans::expect(const std::vector<SentPlan>& plans, const std::string& scope, cache::Usage& usage) {
  for (const SentPlan& plan : plans) {
    if (const ModulePointer present = context_->memory.find_variant(plan.signature, plan.build, scope)) {
      known_.emplace(present.get(), present);
      continue;
    }
    const auto module = std::make_shared<Module>();
    module->signature = plan.signature;
    module->scope = scope;
    module->request = plan.request;
    module->build = plan.build;
    module->target = llvm_config::triple_without_vendor(llvm_config::host_triple());  // ranks build for no other
    module->header = plan.header;
    module->usage = &usage;
    for (const auto& [signature, build] : plan.dependencies) {
      const ModulePointer needed = find(signature, build, scope);
      if (!needed)
        throw CommunicationError("another process builds '" + plan.signature + "', which needs '" + signature +
                                 "', of which nothing was told");
      module->dependencies.push_back(needed);
    }
    const auto state = std::make_shared<Expected>(plan.signature);
    module->unfinished = state;
    pending_.push_back({module, state});
    known_.emplace(module.get(), module);
    context_->memory.add(module);
  }
}

std::shared_ptr<Module> Plans::expected(const cache::Entry& entry, const std::string& scope) const {
  const Digest request = blake3(entry.request);
  const auto found = std::ranges::find_if(pending_, [&](const Pending& pending) {
    const Module& module = *pending.module;
    return module.signature == entry.signature && module.request == request && module.scope == scope;
  });
  return found == pending_.end() ? nullptr : found->module;
}

std::shared_ptr<Expected> Plans::take(const std::shared_ptr<Module>& module) {
  const auto found = std::ranges::find(pending_, module, &Pending::module);
  std::shared_ptr<Expected> state = found->state;
  pending_.erase(found);
  return state;
}

void Plans::come(const std::shared_ptr<Module>& module) { take(module)->come(); }

void Plans::fail(const std::shared_ptr<Module>& module, std::exception_ptr failure) {
  context_->memory.remove(module);
  take(module)->fail(failure);
}

void Plans::give_up(std::exception_ptr failure) {
  while (!pending_.empty()) fail(pending_.back().module, failure);
}

}  // namespace dijitso
