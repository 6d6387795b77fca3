// The table of live modules, and the handler at exit. No code of a module runs while the table is locked.
// Tested in unittests/orc/lifetime_test.cpp.
#include "orc/registry.h"

#include "orc/module.h"
#include "orc/process_exit.h"

#include <ranges>

namespace dijitso::orc {

Registry& Registry::instance() {
  static constinit forking::Once<Registry> registry;  // never destroyed: static handles may end later
  return registry.get([] { return Registry(); });
}

Registry::Registry() {
  at_process_exit([] { instance().finish(); });
}

bool Registry::exiting() const {
  const Lock lock(mutex_);
  return exiting_;
}

bool Registry::add(Module& module) {
  const Lock lock(mutex_);
  if (exiting_) return false;
  module.age_ = ++next_;
  modules_[module.age_] = &module;
  return true;
}

void Registry::remove(const Module& module) {
  const Lock lock(mutex_);
  modules_.erase(module.age_);
}

std::optional<std::string> Registry::provider(const Session& session, const std::string& symbol) const {
  const Lock lock(mutex_);
  for (const auto& [age, module] : modules_ | std::views::reverse) {
    if (&module->session() == &session && module->code().exports.contains(symbol)) return module->name();
  }
  return std::nullopt;
}

bool Registry::at_exit(void (*function)()) {
  const auto address = reinterpret_cast<std::uintptr_t>(function);
  const Lock lock(mutex_);
  for (const auto& [age, module] : modules_) {
    if (!module->code().contains(address)) continue;
    module->code().at_exit([](void* registered) { reinterpret_cast<void (*)()>(registered)(); },
                           reinterpret_cast<void*>(address));
    return true;
  }
  return false;
}

std::shared_ptr<Module> Registry::module_at(std::uintptr_t address) const {
  const Lock lock(mutex_);
  for (const auto& [age, module] : modules_) {
    if (module->code().contains(address)) return module->weak_from_this().lock();
  }
  return nullptr;
}

void Registry::keep(std::shared_ptr<const void> object) {
  const Lock lock(mutex_);
  kept_.push_back(std::move(object));
}

void Registry::finish() {
  std::vector<std::shared_ptr<Module>> modules;
  {
    const Lock lock(mutex_);
    exiting_ = true;
    for (const auto& [age, known] : modules_ | std::views::reverse) {
      if (auto module = known->weak_from_this().lock()) modules.push_back(std::move(module));
    }
    kept_.insert(kept_.end(), modules.begin(), modules.end());
  }
  for (const auto& module : modules) module->code().run_destructors();
}

}  // namespace dijitso::orc
