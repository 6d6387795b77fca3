// A cache of small modules that depend on each other, made without a compiler.
#pragma once

#include "cache/format/layout.h"
#include "cache/store/store.h"
#include "unittests/cache/sample_entry.h"
#include "unittests/support/scratch.h"

#include <map>
#include <optional>

namespace dijitso::testing {

struct ModuleGraph : Scratch {
  ModuleGraph() {
    params.cache_dir = path() / "c";
    fs::create_directories(cache::Layout(params).obj_dir());
    for (const fs::path& dir : {fs::path(params.cache_dir), cache::Layout(params).obj_dir()})
      fs::permissions(dir, fs::perms::owner_all);
  }

  // An entry of this module, with these dependencies, which must have been added.
  cache::Entry entry(const std::string& signature, const std::vector<std::string>& dependencies = {}) const {
    cache::Entry made;
    made.signature = signature;
    made.request = "dijitso request\nsignature " + signature + "\n";
    made.header = "int " + signature + "();\n";
    made.build_info = "{}";
    for (const std::string& name : dependencies) {
      const cache::Entry& needed = entries.at(name);
      made.dependencies.push_back({name, blake3(needed.request), needed.build, needed.identity()});
    }
    return made;
  }

  // Writes it into its first slot, or into another.
  fs::path put(const cache::Entry& made, const std::optional<cache::Slot>& slot = std::nullopt) {
    entries[made.signature] = made;
    const fs::path target = cache::Layout(params).obj_file(made.signature, slot.value_or(blake3(made.request)));
    write_text(target, as_text(encode(made, sample_object(made.signature))));
    return target;
  }

  fs::path add(const std::string& signature, const std::vector<std::string>& dependencies = {}) {
    return put(entry(signature, dependencies));
  }

  fs::path file(const std::string& signature) const {
    return cache::Layout(params).obj_file(signature, blake3(entries.at(signature).request));
  }

  CacheParams params;
  std::map<std::string, cache::Entry> entries;  // those added last
};

}  // namespace dijitso::testing
