// A library refers to its dependencies only by their SONAMEs and finds them in its own directory ($ORIGIN), so a cache
// may be moved. It is published after its dependencies, completely or not at all. Linking uses verified bytes of the
// dependencies, which other processes cannot change meanwhile. Tested in tests/export.

#include "jit/link/shared_file.h"

#include "cache/format/shared_library.h"
#include "jit/link/backends.h"
#include "jit/link/host_files.h"

#include <dijitso/error.h>

#include <filesystem>
#include <map>

namespace dijitso {
namespace {

// A run path entry: absolute, unless it begins with a word of the dynamic loader ($ORIGIN).
std::string for_runpath(const std::string& dir) {
  if (dir.starts_with("$")) return dir;
  return std::filesystem::absolute(dir).lexically_normal().string();
}

std::map<const Module*, SharedFile>::iterator publish_one(cache::Store& store, const ModulePointer& module,
                                                          std::map<const Module*, SharedFile>& published) {
  if (std::optional<SharedFile> stored = stored_shared_file(store, module->signature, module->identity()))
    return published.emplace(module.get(), std::move(*stored)).first;
  const auto entry = cache::decode_or_throw<CacheError>(
      *module->entry(), "the object of module '" + module->signature + "' was damaged in memory: ");
  std::vector<SharedFile> dependencies;
  for (const ModulePointer& dependency : module->dependencies) dependencies.push_back(published.at(dependency.get()));
  SharedFile file = make_shared_file(entry, *module->entry(), published_soname(store.layout(), module->signature),
                                     dependencies, store.layout().params());
  publish_shared_file(store, module->signature, file);
  return published.emplace(module.get(), std::move(file)).first;
}

}  // namespace

std::string published_soname(const cache::Layout& layout, const std::string& signature) {
  return layout.lib_file(signature).filename().string();
}

Digest origin_of_library(const Digest& identity, const std::string& soname, const CacheParams& params) {
  return cache::origin_of_library(identity, soname, params.lib_loader == "import");
}

SharedFile make_shared_file(const cache::Entry& entry, ByteView object, const std::string& soname,
                            const std::vector<SharedFile>& dependencies, const CacheParams& params) {
  exporter::SharedRequest request;
  request.name = entry.signature;
  request.object = object;
  request.soname = soname;
  request.for_python = params.lib_loader == "import";
  for (const SharedFile& dependency : dependencies) request.libraries.push_back({dependency.soname, *dependency.bytes});
  HostFiles host = find_host_files(entry.signature, entry.libs, entry.lib_dirs);
  request.libraries.insert(request.libraries.end(), host.files.begin(), host.files.end());
  request.runpath.push_back("$ORIGIN");
  for (const std::string& dir : entry.rpath_dirs) request.runpath.push_back(for_runpath(dir));
  for (const std::string& dir : host.dirs) request.runpath.push_back(for_runpath(dir));
  Bytes library = shared_linker_for(entry.signature).link(request);
  return {soname, std::make_shared<const Bytes>(
                      cache::stamp_library(std::move(library), origin_of_library(entry.identity(), soname, params)))};
}

std::optional<SharedFile> stored_shared_file(cache::Store& store, const std::string& signature,
                                             const Digest& identity) {
  const std::string soname = published_soname(store.layout(), signature);
  const Digest origin = origin_of_library(identity, soname, store.layout().params());
  std::optional<Bytes> bytes = store.read_library(signature, origin);
  if (!bytes) return std::nullopt;
  return SharedFile{soname, std::make_shared<const Bytes>(std::move(*bytes))};
}

void publish_shared_file(cache::Store& store, const std::string& signature, const SharedFile& file) {
  if (const auto failed = store.publish_library(signature, *file.bytes))
    throw CacheError("the shared library of module '" + signature + "' cannot be stored: " + *failed +
                     "; set cache.cache_dir to a directory that can be written");
}

std::vector<SharedFile> publish_shared_files(cache::Store& store, const std::vector<ModulePointer>& modules) {
  std::map<const Module*, SharedFile> published;
  std::map<std::string, const Module*> named;
  std::vector<SharedFile> files;
  for (const ModulePointer& module : modules) {
    if (!named.emplace(module->signature, module.get()).second)
      throw LinkFailed("no shared library can be made: two variants of module '" + module->signature +
                       "' are needed together, and both libraries would have one name; build all modules with the "
                       "same parameters");
    files.push_back(publish_one(store, module, published)->second);
  }
  return files;
}

}  // namespace dijitso
