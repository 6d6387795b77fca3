// Tested in tests/jit/peers_test.cpp and tests/mpi/jit_many_test.cpp.

#include "jit/peers/plans.h"

#include "llvm-config/host.h"

#include <dijitso/error.h>
#include <dijitso/interrupt.h>

#include <algorithm>

namespace dijitso {

Plans::~Plans() {
  const InterruptCheck none({});
  give_up(failure_of([] { throw CommunicationError("a module that another process was to build did not arrive"); }));
  for (const ModulePointer& module : begun) try {
      module->identity();
    } catch (const std::exception&) {
      // The thread that requested it reports the failure.
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

ModulePointer Plans::find(const std::string& signature, const Digest& build, const std::string& name_space) const {
  if (ModulePointer loaded = context_->memory.find_variant(signature, build, name_space)) return loaded;
  for (const auto& [address, module] : known_)
    if (module->signature == signature && module->build == build && module->name_space == name_space) return module;
  return nullptr;
}

void Plans::expect(const std::vector<SentPlan>& plans, const std::string& name_space, cache::Usage& usage) {
  for (const SentPlan& plan : plans) {
    if (const ModulePointer loaded = context_->memory.find_variant(plan.signature, plan.build, name_space)) {
      known_.emplace(loaded.get(), loaded);
      continue;
    }
    ModuleFacts facts{
        .signature = plan.signature,
        .name_space = name_space,
        .request = plan.request,
        .build = plan.build,
        .target = llvm_config::triple_without_vendor(llvm_config::host_triple()),  // ranks build for no other machine
        .header = plan.header,
        .dependencies = {},
        .usage = &usage};
    for (const auto& [signature, build] : plan.dependencies) {
      ModulePointer needed = find(signature, build, name_space);
      if (!needed)
        throw CommunicationError("another process builds '" + plan.signature + "', which needs '" + signature +
                                 "', which was not announced");
      facts.dependencies.push_back(std::move(needed));
    }
    const auto module = std::make_shared<const Module>(std::move(facts), std::make_shared<ModuleState>(plan.signature));
    pending_.push_back(module);
    known_.emplace(module.get(), module);
    context_->memory.add(module);
  }
}

ModulePointer Plans::expected(const cache::Entry& entry, const std::string& name_space) const {
  const Digest request = blake3(entry.request);
  const auto found = std::ranges::find_if(pending_, [&](const ModulePointer& module) {
    return module->signature == entry.signature && module->request == request && module->name_space == name_space;
  });
  return found == pending_.end() ? nullptr : *found;
}

void Plans::come(const ModulePointer& module, const Digest& identity, const SharedBytes& entry) {
  context_->memory.note_identity(module, identity);
  module->state->come(identity, entry);
  std::erase(pending_, module);
}

void Plans::fail(const ModulePointer& module, std::exception_ptr failure) {
  context_->memory.remove(*module);
  module->state->failed(std::move(failure), {});
  std::erase(pending_, module);
}

void Plans::give_up(std::exception_ptr failure) {
  while (!pending_.empty()) fail(ModulePointer(pending_.back()), failure);
}

}  // namespace dijitso
