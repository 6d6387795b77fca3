// Tested in unittests/cache/explain_test.cpp.
#include "cache/inspect/explain.h"

#include "cache/store/absent_names.h"

#include <map>
#include <optional>

namespace dijitso::cache {
namespace {

std::vector<std::string> changed_files(const Entry& entry, FileDigests& files) {
  std::vector<std::string> changed;
  for (const ReadFile& file : entry.files) {
    const std::optional<Digest> now = files.current(file);
    if (!now)
      changed.push_back("the header '" + file.path + "' cannot be read");
    else if (*now != file.digest)
      changed.push_back("the header '" + file.path + "' has changed");
  }
  for (const AbsentNames& absent : entry.absent)
    for (const std::string& path : appeared(absent))
      changed.push_back("'" + path + "' is there now, where the compiler looked for a header and found none");
  return changed;
}

// Maps the name of each recorded input to its recorded value.
std::map<std::string, std::string> recorded(const Entry& entry) {
  const auto shown = [](const Digest& digest) { return digest.hex().substr(0, 16); };
  std::map<std::string, std::string> all = {{"header", shown(blake3(entry.header))}, {"source", shown(entry.source)}};
  for (const ReadFile& file : entry.files) all["file " + file.path] = shown(file.digest);
  for (const Dependency& dependency : entry.dependencies)
    all["dependency " + dependency.signature] = shown(dependency.identity);
  for (const std::string& feature : entry.isa_features) all["isa " + feature] = "needed";
  return all;
}

}  // namespace

std::vector<std::string> obstacles(const Entry& entry, Catalog& catalog, FileDigests& files) {
  std::vector<std::string> reasons = changed_files(entry, files);
  std::vector<const Variant*> needed;
  for (const Dependency& dependency : entry.dependencies) {
    if (const Variant* variant = catalog.find(dependency))
      needed.push_back(variant);
    else
      reasons.push_back("the variant of '" + dependency.signature + "' that it was built against is not in the cache");
  }
  for (const Variant* variant : dependency_order(catalog, needed)) {
    const std::string who = "'" + variant->name() + "', which it needs: ";
    for (const Dependency& dependency : variant->dependencies)
      if (!catalog.find(dependency))
        reasons.push_back(who + "the variant of '" + dependency.signature +
                          "' that it was built against is not in the cache");
    const EntryReading read = inspect_entry(variant->file);
    if (!read.is_sound()) continue;
    for (const std::string& reason : changed_files(read.stored.entry, files)) reasons.push_back(who + reason);
  }
  return reasons;
}

std::vector<Difference> differences(const Entry& first, const Entry& second) {
  std::map<std::string, Difference> all;
  for (const auto& [name, text] : recorded(first)) all[name] = {name, text, ""};
  for (const auto& [name, text] : recorded(second)) {
    all[name].name = name;
    all[name].second = text;
  }
  std::vector<Difference> found;
  for (auto& [name, difference] : all)
    if (difference.first != difference.second) found.push_back(std::move(difference));
  return found;
}

}  // namespace dijitso::cache
