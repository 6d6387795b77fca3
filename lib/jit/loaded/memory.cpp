// Requests are compared by value, because computing a digest of all parameters would cost more. While every signature
// has one variant, which is nearly always so, a module found here is current. Otherwise the variants that its
// dependencies mean now are compared with those that it was linked to. Tested in unittests/jit/memory_test.cpp.

#include "jit/loaded/memory.h"

#include "jit/loaded/last_used.h"
#include "jit/request/environment.h"

#include <algorithm>
#include <iterator>
#include <ranges>

namespace dijitso {
namespace {

// Never waits: a module that is being compiled is not equal to a variant that was loaded before.
bool is_same_variant(const Module& a, const Module& b) {
  return a.is_compiled() && b.is_compiled() && a.identity() == b.identity();
}

}  // namespace

ModulePointer Memory::find(const std::string& signature, const Params& params) {
  ModulePointer module;
  bool touch_needed = false;
  {
    const SharedLock lock(mutex_);
    const auto known = known_.find(signature);
    if (known == known_.end()) return nullptr;
    const std::uint64_t environment = compiler_environment_number();
    for (const Known::Answer& answer : known->second.answers)
      if (answer.params == params && answer.environment == environment) {
        module = answer.module;
        break;
      }
    if (!module || !dependencies_are_meant(module)) return nullptr;
    touch_needed = known->second.variants.back() != module;
  }
  last_used::note(module->number);
  if (touch_needed) add(module);
  return module;
}

ModulePointer Memory::find(const std::string& signature, const Digest& request, const std::string& name_space) {
  const SharedLock lock(mutex_);
  return last_variant(signature, [&](const ModulePointer& m) DIJITSO_REQUIRES_SHARED(mutex_) {
    return m->request == request && m->name_space == name_space && dependencies_are_meant(m);
  });
}

ModulePointer Memory::find_request(const std::string& signature, const Digest& request,
                                   const std::string& name_space) const {
  const SharedLock lock(mutex_);
  return last_variant(signature,
                      [&](const ModulePointer& m) { return m->request == request && m->name_space == name_space; });
}

ModulePointer Memory::find_variant(const std::string& signature, const Digest& build,
                                   const std::string& name_space) const {
  const SharedLock lock(mutex_);
  return last_variant(signature,
                      [&](const ModulePointer& m) { return m->build == build && m->name_space == name_space; });
}

ModulePointer Memory::find_variant(const std::string& signature, const std::string& name_space) const {
  const SharedLock lock(mutex_);
  return last_variant(signature, [&](const ModulePointer& m) { return m->name_space == name_space; });
}

bool Memory::has_several(const std::string& signature) const {
  const SharedLock lock(mutex_);
  const auto known = known_.find(signature);
  return known != known_.end() && known->second.variants.size() > 1;
}

bool Memory::is_current(const ModulePointer& module) const {
  const SharedLock lock(mutex_);
  return dependencies_are_meant(module);
}

ModulePointer Memory::find_identity(const std::string& signature, const Digest& identity,
                                    const std::string& name_space) const {
  const SharedLock lock(mutex_);
  return last_variant(signature, [&](const ModulePointer& m) {
    return m->is_compiled() && m->identity() == identity && m->name_space == name_space;
  });
}

ModulePointer Memory::find_identity(const Digest& identity, const std::string& name_space) const {
  const SharedLock lock(mutex_);
  const auto found = identities_.find(name_space);
  ModulePointer module = found != identities_.end() ? found->second.find(identity) : nullptr;
  return module && module->is_compiled() ? module : nullptr;
}

Peers::Likenesses Memory::likenesses(const std::string& name_space) const {
  const SharedLock lock(mutex_);
  const auto found = identities_.find(name_space);
  return found != identities_.end() ? found->second.likenesses() : Peers::Likenesses();
}

std::vector<ModulePointer> Memory::forgotten(const std::string& signature) const {
  std::vector<ModulePointer> modules;
  const SharedLock lock(mutex_);
  if (const auto found = forgotten_.find(signature); found != forgotten_.end())
    for (const auto& one : found->second)
      if (ModulePointer module = one.lock()) modules.push_back(std::move(module));
  return modules;
}

void Memory::add(const ModulePointer& module) {
  const Lock lock(mutex_);
  touch(module);
}

void Memory::note_identity(const ModulePointer& module, const Digest& identity) {
  const Lock lock(mutex_);
  if (is_known(module)) identities_[module->name_space].add(module, identity);
}

void Memory::answer(const Params& params, const ModulePointer& module) {
  const Lock lock(mutex_);
  if (!is_known(module)) return;
  auto& answers = touch(module).answers;
  const std::uint64_t environment = compiler_environment_number();
  const auto same = std::ranges::find_if(answers, [&](const Known::Answer& answer) {
    return answer.params == params && answer.environment == environment;
  });
  if (same == answers.end())
    answers.push_back({params, environment, module});
  else
    same->module = module;
}

void Memory::remove(const Module& module) {
  const ModulePointer doomed = module.weak_from_this().lock();  // destructors run outside the lock: they may call back
  const Lock lock(mutex_);
  const auto known = known_.find(module.signature);
  if (known == known_.end()) return;
  if (module.is_compiled()) identities_[module.name_space].remove(module, module.identity());
  std::erase(known->second.variants, doomed);
  std::erase_if(known->second.answers, [&](const auto& answer) { return answer.module == doomed; });
  if (known->second.variants.empty()) known_.erase(known);
}

void Memory::clear() {
  std::vector<ModulePointer> doomed;  // as above
  const Lock lock(mutex_);
  for (const auto& [signature, known] : known_)
    doomed.insert(doomed.end(), known.variants.begin(), known.variants.end());
  known_.clear();
  identities_.clear();
  several_variants_ = false;
  note_forgotten(doomed);
}

void Memory::clear(const std::string& cache_dir) {
  std::vector<ModulePointer> doomed;  // as above
  const Lock lock(mutex_);
  for (auto& [signature, known] : known_) {
    const auto is_there = [&](const ModulePointer& module) { return is_namespace_of(module->name_space, cache_dir); };
    std::ranges::copy_if(known.variants, std::back_inserter(doomed), is_there);
    std::erase_if(known.answers, [&](const auto& answer) { return is_there(answer.module); });
    std::erase_if(known.variants, is_there);
  }
  std::erase_if(known_, [](const auto& known) { return known.second.variants.empty(); });
  std::erase_if(identities_, [&](const auto& one) { return is_namespace_of(one.first, cache_dir); });
  note_forgotten(doomed);
}

bool Memory::is_known(const ModulePointer& module) const {
  const auto known = known_.find(module->signature);
  return known != known_.end() && std::ranges::count(known->second.variants, module) > 0;
}

bool Memory::dependencies_are_meant(const ModulePointer& module) const {
  if (!several_variants_) return true;
  for (const ModulePointer& dependent : closure({module}))
    for (std::size_t i = 0; i < dependent->dependencies.size(); ++i)
      if (!is_meant(*dependent, i)) return false;
  return true;
}

// Whether the name of the dependency still means this variant, by the rules of Loader.
bool Memory::is_meant(const Module& dependent, std::size_t dependency) const {
  const Module& used = *dependent.dependencies[dependency];
  const auto last = [&](const Digest Module::* member, const Digest& value) DIJITSO_REQUIRES_SHARED(mutex_) {
    return last_variant(used.signature, [&](const ModulePointer& m) {
      return (*m).*member == value && m->name_space == used.name_space;
    });
  };
  ModulePointer meant;
  if (!dependent.meant.empty()) meant = last(&Module::request, dependent.meant[dependency]);
  if (!meant) meant = last(&Module::build, used.build);
  return !meant || meant.get() == &used || is_same_variant(*meant, used);
}

// Removes forgotten modules that nobody uses any more, and adds these.
void Memory::note_forgotten(const std::vector<ModulePointer>& modules) {
  for (auto& [signature, forgotten] : forgotten_)
    std::erase_if(forgotten, [](const auto& one) { return one.expired(); });
  std::erase_if(forgotten_, [](const auto& of_one_name) { return of_one_name.second.empty(); });
  for (const ModulePointer& module : modules) forgotten_[module->signature].push_back(module);
}

Memory::Known& Memory::touch(const ModulePointer& module) {
  Known& known = known_[module->signature];
  std::vector<ModulePointer>& variants = known.variants;
  std::erase(variants, module);
  variants.push_back(module);
  if (module->is_compiled()) identities_[module->name_space].add(module, module->identity());
  if (variants.size() > 1) several_variants_ = true;
  last_used::note(module->number);
  return known;
}

template <class Predicate>
ModulePointer Memory::last_variant(const std::string& signature, Predicate predicate) const {
  const auto known = known_.find(signature);
  if (known == known_.end()) return nullptr;
  ModulePointer last;
  for (const ModulePointer& module : std::views::reverse(known->second.variants))
    if (predicate(module) && (!last || last_used::rank(module->number) > last_used::rank(last->number))) last = module;
  return last;
}

}  // namespace dijitso
