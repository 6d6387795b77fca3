// Modules of one scope are loaded in one way, so what a module depends on is of the same kind as itself. Tested in
// tests/jit and tests/export.

#include "jit/make_code.h"

#include "jit/shared_code.h"
#include "llvm-config/host.h"
#include "support/trace.h"

#include <dijitso/error.h>

#include <string>
#include <vector>

namespace dijitso {
namespace {

void check_processor(const cache::Entry& entry) {
  std::string missing;
  for (const std::string& feature : llvm_config::missing_features(entry.isa_features))
    missing += (missing.empty() ? "" : ", ") + feature;
  if (!missing.empty())
    throw LinkFailed("module '" + entry.signature + "' was compiled for a processor with " + missing +
                     ", which this one lacks: set build.target_cpu to 'baseline' or remove the -m flags that ask for "
                     "it");
}

CodePointer code_in_memory(orc::Session& session, const Module& module, const cache::Entry& entry,
                           const SharedBytes& object) {
  orc::LinkRequest request{.name = entry.signature, .object = object, .libs = entry.libs, .lib_dirs = entry.lib_dirs};
  for (const ModulePointer& needed : module.dependencies) {
    request.dependencies.push_back(needed->code());
    request.dependency_names.push_back(needed->signature);
  }
  return session.link(request);
}

CodePointer code_in_library(cache::Store& store, const Module& module, const cache::Entry& entry,
                            const SharedBytes& object) {
  std::vector<std::shared_ptr<const SharedCode>> dependencies;
  for (const ModulePointer& needed : module.dependencies)
    dependencies.push_back(std::static_pointer_cast<const SharedCode>(needed->code()));
  return SharedCode::load(store, entry, *object, dependencies);
}

}  // namespace

CodePointer make_code(Context& context, const CacheParams& cache, const Module& module, const cache::Entry& entry,
                      const SharedBytes& object) {
  const trace::Span span("link", entry.signature);
  check_processor(entry);
  if (cache.lib_loader == "orc") return code_in_memory(context.session(), module, entry, object);
  return code_in_library(context.store_for(cache), module, entry, object);
}

}  // namespace dijitso
