// Tested in unittests/cache/catalog_test.cpp.
#include "cache/inspect/catalog.h"

#include <algorithm>
#include <set>
#include <utility>

namespace dijitso::cache {

Catalog::Catalog(const CacheParams& params) {
  const std::vector<Layout> layers = layers_of(params);
  for (const Layout& layer : layers) list(layer, &layer == &layers.front());
}

// list_entry_files() sorts by name, so the variants of a signature are sorted by slot.
void Catalog::list(const Layout& layout, bool is_own) {
  for (EntryFile& file : list_entry_files(layout)) {
    files_ += is_own;
    std::vector<Variant>& variants = modules_[file.signature].variants;
    variants.push_back({std::move(file), is_own, {}, {}, {}});
  }
}

bool Catalog::read(Variant& variant) {
  EntryReading reading = inspect_entry(variant.file);
  if (reading.state == EntryState::absent) return false;
  if (reading.state == EntryState::misnamed) reading.reason = "its name is wrong: " + reading.reason;
  if (!reading.is_sound()) {
    unusable_.push_back({variant.file, reading.state, reading.reason});
    return false;
  }
  Entry& entry = reading.stored.entry;
  variant.bytes = reading.stored.bytes->size();
  variant.request = blake3(entry.request);
  variant.identity = entry.identity();
  variant.dependencies = std::move(entry.dependencies);
  return true;
}

const std::vector<Variant>& Catalog::read(Module& module) {
  if (!module.is_read) std::erase_if(module.variants, [this](Variant& variant) { return !read(variant); });
  module.is_read = true;
  return module.variants;
}

std::vector<const Variant*> Catalog::find(const std::string& name) {
  std::vector<const Variant*> found;
  auto module = modules_.find(name);
  std::string slot;
  if (module == modules_.end()) {
    const std::size_t end = name.find_last_of(":.");
    if (end != name.npos) module = modules_.find(name.substr(0, end));
    if (module == modules_.end() || end + 1 == name.size()) return found;
    slot = name.substr(end + 1);
  }
  for (const Variant& variant : read(module->second))
    if (variant.slot.text().starts_with(slot)) found.push_back(&variant);
  return found;
}

std::vector<const Variant*> Catalog::all(const Progress& progress) {
  std::vector<const Variant*> found;
  std::size_t done = 0;
  for (auto& [signature, module] : modules_) {
    done += static_cast<std::size_t>(std::ranges::count(module.variants, true, &Variant::is_own));
    for (const Variant& variant : read(module))
      if (variant.is_own) found.push_back(&variant);
    if (progress) progress(done, files_);
  }
  return found;
}

const Variant* Catalog::find(const Dependency& dependency) {
  const auto module = modules_.find(dependency.signature);
  if (module == modules_.end()) return nullptr;
  for (const Variant& variant : read(module->second))
    if (variant.identity == dependency.identity) return &variant;
  return nullptr;
}

// Walks down the dependencies with a list instead of recursion, because chains can be long.
std::vector<const Variant*> dependency_order(Catalog& catalog, const std::vector<const Variant*>& chosen) {
  std::vector<const Variant*> order;
  std::set<Digest> begun;
  std::vector<std::pair<const Variant*, bool>> to_do;
  for (const Variant* variant : chosen) {
    to_do.emplace_back(variant, false);
    while (!to_do.empty()) {
      const auto [current, are_needed_done] = to_do.back();
      to_do.pop_back();
      if (are_needed_done) {
        order.push_back(current);
      } else if (begun.insert(current->identity).second) {
        to_do.emplace_back(current, true);
        for (const Dependency& dependency : current->dependencies)
          if (const Variant* needed = catalog.find(dependency)) to_do.emplace_back(needed, false);
      }
    }
  }
  return order;
}

std::vector<const Variant*> closure(Catalog& catalog, const std::vector<const Variant*>& chosen,
                                    std::vector<std::string>& missing) {
  std::set<Digest> complete;
  std::vector<const Variant*> order = dependency_order(catalog, chosen);
  std::erase_if(order, [&](const Variant* variant) {
    for (const Dependency& dependency : variant->dependencies) {
      if (complete.contains(dependency.identity)) continue;
      missing.push_back("'" + variant->name() + "' was built against a variant of '" + dependency.signature +
                        "' that is not in the cache");
      return true;
    }
    complete.insert(variant->identity);
    return false;
  });
  return order;
}

}  // namespace dijitso::cache
