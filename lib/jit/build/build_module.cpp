// The documented functions that build a module without loading it. An entry in the cache is used when it was made from
// exactly this text, and replaced otherwise. The library is linked before anything is stored, so a module with a
// missing symbol leaves nothing in the cache. Tested in tests/export.

#include "jit/build/build.h"

#include "jit/impl.h"
#include "jit/link/loader.h"
#include "jit/link/shared_file.h"
#include "jit/request/key.h"
#include "jit/request/waiting.h"
#include "params/check.h"

#include <dijitso/build.h>
#include <stdlib.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

namespace dijitso {
namespace {

bool is_made_of(const cache::Entry& entry, const Generated& generated, const std::vector<ModulePointer>& dependencies) {
  if (entry.header != generated.header || entry.source != blake3(generated.source) ||
      entry.dependencies.size() != dependencies.size())
    return false;
  for (std::size_t i = 0; i < dependencies.size(); ++i)
    if (entry.dependencies[i].identity != dependencies[i]->identity()) return false;
  return true;
}

// From the libraries of `all`, selects those of the modules in `needed`.
std::vector<SharedFile> direct(const std::vector<ModulePointer>& all, const std::vector<SharedFile>& libraries,
                               const std::vector<ModulePointer>& named) {
  std::vector<SharedFile> files;
  for (const ModulePointer& module : named)
    files.push_back(libraries[static_cast<std::size_t>(std::find(all.begin(), all.end(), module) - all.begin())]);
  return files;
}

// An entry that was found in the cache or compiled just now.
struct Built {
  cache::Lookup lookup;
  bool is_stored = false;
  Compilation compilation;
  cache::Entry entry;
  SharedBytes bytes;
  Claim claim = {};  // until it is published
};

Built find_or_compile(Context& context, cache::Store& store, const BuildTask& task,
                      const std::vector<ModulePointer>& dependencies) {
  Built built;
  const auto look = [&] {
    built.lookup = look_up(context, store, task.request, dependencies);
    if (!built.lookup.hit || !is_made_of(built.lookup.hit->entry, task.generated, dependencies)) return false;
    built.is_stored = true;
    built.entry = built.lookup.hit->entry;
    built.bytes = built.lookup.hit->bytes;
    return true;
  };
  if (look()) return built;
  built.claim = claim_or_wait(context, store, task.request, task.params, built.lookup, look);
  if (built.is_stored) return built;
  built.compilation = compile_module(context, task, *prepare_compile(context, task, dependencies));
  built.entry = describe(task, dependencies, built.compilation);
  built.bytes = encode(built.entry, task, built.compilation.code.result);
  return built;
}

bool publish(Context& context, const BuildTask& task, const Built& built) {
  const bool replaces = built.lookup.hit || built.lookup.slot_taken;
  return publish(context, task, built.lookup, *built.bytes, built.compilation.code.result, replaces);
}

}  // namespace

std::string Jit::build_object(const std::string& signature, const std::string& header, const std::string& source,
                              const std::vector<std::string>& dependencies, const Params& params) {
  params::check_params(params);
  Context& context = *impl_->context;
  const Request request = make_request(signature, params);
  Loader loader(context, params);
  cache::Store& store = loader.store();
  const BuildTask task{request, params, {header, source, dependencies}};
  const Built built = find_or_compile(context, store, task, loader.resolve(request, dependencies).modules);
  if (!built.is_stored && !publish(context, task, built))
    throw CacheError("the object of module '" + signature + "' cannot be kept in the cache directory '" +
                     params.cache.cache_dir +
                     "', where it was to be built: it must be writable, and cache.use_disk true");
  return store.layout().obj_file(signature, built.lookup.slot).string();
}

std::string Jit::build_shared_library(const std::string& signature, const std::string& header,
                                      const std::string& source, const std::vector<std::string>& dependencies,
                                      const Params& params) {
  params::check_params(params);
  Context& context = *impl_->context;
  const Request request = make_request(signature, params);
  if (is_foreign(request))
    throw InvalidArgument("no shared library can be made of module '" + signature + "' for build.target_triple '" +
                          params.build.target_triple +
                          "': libraries are linked with those of this machine; build_object "
                          "puts its object into the cache");
  Loader loader(context, params);
  cache::Store& store = loader.store();
  const std::vector<ModulePointer> needed = loader.resolve(request, dependencies).modules;
  const std::vector<ModulePointer> all = closure(needed);
  const std::vector<SharedFile> libraries = publish_shared_files(store, all);

  const BuildTask task{request, params, {header, source, dependencies}};
  const Built built = find_or_compile(context, store, task, needed);
  const std::string file = store.layout().lib_file(signature).string();
  if (built.is_stored && stored_shared_file(store, signature, built.entry.identity())) return file;

  const SharedFile library = make_shared_file(built.entry, *built.bytes, published_soname(store.layout(), signature),
                                              direct(all, libraries, needed), params.cache);
  if (!built.is_stored) publish(context, task, built);
  publish_shared_file(store, signature, library);
  return file;
}

namespace build {

std::string build_shared_library(const std::string& signature, const std::string& header, const std::string& source,
                                 const std::vector<std::string>& dependencies, const Params& params) {
  return default_jit().build_shared_library(signature, header, source, dependencies, params);
}

std::string build_object(const std::string& signature, const std::string& header, const std::string& source,
                         const std::vector<std::string>& dependencies, const Params& params) {
  return default_jit().build_object(signature, header, source, dependencies, params);
}

std::string temp_dir(const CacheParams& cache_params) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path root =
      cache_params.temp_dir_root ? fs::path(*cache_params.temp_dir_root) : fs::temp_directory_path(error);
  std::string name = (root / "dijitso-XXXXXX").string();
  if (error || ::mkdtemp(name.data()) == nullptr)
    throw CacheError("cannot make a temporary directory in '" + root.string() +
                     "': " + (error ? error.message() : std::generic_category().message(errno)) +
                     "; set cache.temp_dir_root to a directory that can be written");
  return name;
}

}  // namespace build
}  // namespace dijitso
