// The key is computed for every request that memory does not answer, so each pack is opened once and only its beginning
// is read. The key and the arguments have the names that directories have in the pack, not the paths of the directories
// or the pack. So machines with different layouts share compiled modules. Tested in
// unittests/jit/header_packs_test.cpp.
#include "jit/request/header_packs.h"

#include "llvm-config/host.h"
#include "params/paths.h"
#include "support/fork.h"

#include <unistd.h>

#include <algorithm>
#include <map>

namespace dijitso {
namespace {

std::shared_ptr<const HeaderPack> open_once(const std::string& path) {
  using Opened = std::map<std::string, std::shared_ptr<const HeaderPack>>;
  static constinit forking::Mutex mutex;
  static constinit forking::Once<Opened> opened DIJITSO_GUARDED_BY(mutex);
  const Lock lock(mutex);
  std::shared_ptr<const HeaderPack>& pack = opened.get()[path];
  if (!pack) pack = HeaderPack::open(path);
  return pack;
}

std::string named(const PackedDirectory& directory) { return std::string(packed_headers_dir) + "/" + directory.name; }

}  // namespace

std::string default_header_pack_path() {
  const std::filesystem::path own = llvm_config::own_directory();
  return own.empty() ? std::string() : (own / "dijitso" / "headers.pack").string();
}

HeaderPacks open_header_packs(const std::vector<std::string>& names) {
  HeaderPacks packs;
  for (const std::string& name : names) {
    const bool is_default = name == default_header_pack;
    static constinit forking::Once<const std::string> once;
    const std::string& default_path = once.get(default_header_pack_path);
    if (is_default && (default_path.empty() || ::access(default_path.c_str(), F_OK) != 0)) continue;
    packs.push_back(open_once(is_default ? default_path : params::absolute_path(name)));
  }
  return packs;
}

std::vector<std::string> packed_names(const HeaderPacks& packs, const std::string& directory) {
  std::vector<std::string> names;
  for (const auto& pack : packs)
    for (const PackedDirectory& packed : pack->directories())
      if (std::ranges::find(packed.paths, directory) != packed.paths.end() &&
          std::ranges::find(names, named(packed)) == names.end())
        names.push_back(named(packed));
  return names;
}

std::string unpacked_names(const HeaderPacks& packs, std::string word) {
  for (const auto& pack : packs)
    for (const PackedDirectory& packed : pack->directories())
      if (word.ends_with(named(packed)) && !packed.paths.empty())
        word.replace(word.size() - named(packed).size(), word.npos, packed.paths.front());
  return word;
}

}  // namespace dijitso
