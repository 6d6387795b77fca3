// Modules of one namespace are loaded in the same way, so dependencies have the same kind of code as the module. Tested
// in tests/jit and tests/export.

#include "jit/link/make_code.h"

#include "jit/link/shared_code.h"
#include "jit/request/key.h"
#include "llvm-config/host.h"
#include "support/trace.h"

#include <dijitso/error.h>

#include <string>
#include <typeinfo>
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

// Stands in for code for another kind of machine, and refuses calls.
class ForeignCode final : public orc::LinkedModule {
 public:
  explicit ForeignCode(const cache::Entry& entry) : signature_(entry.signature), target_(target_of(entry.request)) {}

  void* find(const std::string&) const override { refuse(); }
  std::string file_name() const override { refuse(); }

  [[noreturn]] void refuse() const {
    throw LinkFailed("module '" + signature_ + "' was compiled for " + target_ + " and this process runs on " +
                     llvm_config::triple_without_vendor(llvm_config::host_triple()) +
                     ": its object is in the cache for machines of that kind, and cannot be linked or called here; for "
                     "code that can, leave build.target_triple empty");
  }

 private:
  const std::string signature_;
  const std::string target_;
};

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
  if (is_foreign(entry.request)) return std::make_shared<ForeignCode>(entry);
  const trace::Span span("link", entry.signature);
  check_processor(entry);
  if (cache.lib_loader == "orc") return code_in_memory(context.session(), module, entry, object);
  return code_in_library(context.store_for(cache), module, entry, object);
}

void check_runs_here(const Module& module) {
  // No dynamic_cast here: it took a fifth of the time of a hit from memory.
  const orc::LinkedModule& code = *module.code();
  if (typeid(ForeignCode) == typeid(code)) static_cast<const ForeignCode&>(code).refuse();
}

}  // namespace dijitso
