// The steps of a link. Everything that can fail does so before code of the module runs; the module's destructor undoes
// earlier steps. Tested in unittests/orc/session_test.cpp and symbols_test.cpp.
#include "orc/session.h"

#include "llvm-config/error.h"
#include "llvm-config/out_of_memory.h"
#include "orc/host_libraries.h"
#include "orc/imports.h"
#include "orc/linker.h"
#include "orc/missing_symbols.h"
#include "orc/module.h"
#include "orc/object.h"
#include "orc/partial_link.h"
#include "orc/perf_map.h"
#include "orc/prepare_sections.h"
#include "orc/registry.h"

#include <dijitso/error.h>
#include <llvm/Demangle/Demangle.h>

#include <algorithm>
#include <new>
#include <optional>

namespace dijitso::orc {

namespace {

// `allowed` is the registry's answer.
void check_not_exiting(bool allowed) {
  if (!allowed) throw LinkFailed("the process is exiting: nothing can be linked any more");
}

std::vector<UndefinedSymbol> not_in(const Imports& imports, const std::vector<UndefinedSymbol>& symbols) {
  std::vector<UndefinedSymbol> result;
  std::copy_if(symbols.begin(), symbols.end(), std::back_inserter(result),
               [&](const UndefinedSymbol& symbol) { return !imports.contains(symbol.name); });
  return result;
}

// Makes of the object what JITLink gets.
void prepare(Object& object, const Imports& imports, const std::string& what) {
  if (can_link_partly(object, imports) && llvm_config::check_link(link_partly(object), what)) return;
  llvm_config::check_link(prepare_whole(object), what);
}

class SessionImpl final : public Session {
 public:
  explicit SessionImpl(const SessionOptions& options) : options_(options) {}

  std::shared_ptr<const LinkedModule> link(const LinkRequest& request) override;
  void replace(const std::shared_ptr<const LinkedModule>& quick, const SharedBytes& object,
               const std::vector<std::string>& shared_symbols) override;

 private:
  std::vector<LinkedFunction> map_optimised(Module& module, const SharedBytes& bytes,
                                            const std::vector<std::string>& shared_symbols, const std::string& what);
  SearchOrder search_order(const LinkRequest& request);
  LinkFailed missing(const LinkRequest& request, const LinkJob& job) const;

  const SessionOptions options_;
  HostLibraries libraries_;
  const HostLibrary process_ = process_library();
  forking::LongMutex initialisation_;
  const std::shared_ptr<CodeSpace> code_space_ = std::make_shared<CodeSpace>();
};

std::shared_ptr<const LinkedModule> SessionImpl::link(const LinkRequest& request) try {
  check_not_exiting(!Registry::instance().exiting());
  const std::string what = "cannot link module '" + request.name + "'";
  std::optional<forking::Section> section(std::in_place);  // a forked child has the whole module or nothing of it
  // 1. Read the object, and find its undefined symbols.
  auto object = read_object(request.object, what);
  auto order = search_order(request);
  auto imports = find_imports(object.undefined, order);
  for (const auto& number : object.numbers)
    imports[number.name] = {static_cast<std::uintptr_t>(number.value), std::nullopt};
  // 2. Map the code.
  prepare(object, imports, what);
  const auto module = std::make_shared<Module>(shared_from_this(), initialisation_, code_space_, request);
  module->set_search_order(std::move(order));
  LinkJob job{imports, module->code(), object, options_.perf_map};
  if (!map_code(job, request.name, what)) throw missing(request, job);
  if (!module->code().redirects.empty()) {
    // A weak symbol that was not found stays undefined, also in the optimised code.
    for (const auto& symbol : object.undefined) {
      if (symbol.weak) imports.try_emplace(symbol.name);
    }
    module->set_imports(std::move(imports));
  }
  // 3. Announce the code to debuggers and profilers.
  if (!job.symbol_file.empty()) module->code().debugger.emplace(std::move(job.symbol_file));
  section.reset();
  if (options_.perf_map) PerfMap::instance().add(job.functions);
  // 4. Run its static constructors.
  check_not_exiting(Registry::instance().add(*module));
  module->start();
  return module;
} catch (const std::bad_alloc&) {
  throw LinkFailed("cannot link module '" + request.name +
                   "': out of memory; raise the memory limit of the process (ulimit -v, the limit of its container)");
} catch (const llvm_config::GaveUp& reason) {
  throw LinkFailed("cannot link module '" + request.name + "': the linker gave up: " + reason.what());
}

void SessionImpl::replace(const std::shared_ptr<const LinkedModule>& quick, const SharedBytes& bytes,
                          const std::vector<std::string>& shared_symbols) {
  check_not_exiting(!Registry::instance().exiting());
  // link() returns modules as const for users; this class created the module and may change it.
  const auto module = std::const_pointer_cast<Module>(std::dynamic_pointer_cast<const Module>(quick));
  if (!module || &module->session() != this) throw LinkFailed("the code to replace is not a module of this session");
  const std::string what = "cannot link the optimised code of module '" + module->name() + "'";
  const std::vector<LinkedFunction> functions = map_optimised(*module, bytes, shared_symbols, what);
  if (options_.perf_map) PerfMap::instance().add(functions);
}

// Returns the functions for profilers.
std::vector<LinkedFunction> SessionImpl::map_optimised(Module& module, const SharedBytes& bytes,
                                                       const std::vector<std::string>& shared_symbols,
                                                       const std::string& what) {
  const Lock lock(module.replacing());  // includes a Section, as in link()
  if (module.code().redirects.empty() || module.code().is_redirected())
    throw LinkFailed(what + ": the module runs no quick code");
  // 1. Bind to the same imports as the quick code, and to its shared variables.
  auto object = read_object(bytes, what);
  auto imports = module.imports();
  imports.merge(find_imports(not_in(imports, object.undefined), module.search_order()));
  for (const auto& name : shared_symbols) {
    if (const auto* variable = module.code().exports.find(name)) imports[name] = {variable->value, std::nullopt};
  }
  for (const auto& number : object.numbers)
    imports[number.name] = {static_cast<std::uintptr_t>(number.value), std::nullopt};
  // 2. Map the code.
  llvm_config::check_link(prepare_whole(object), what);
  const Replaced replaced{module.code(), shared_symbols};
  auto code = std::make_unique<Code>(code_space_);
  LinkJob job{imports, *code, object, options_.perf_map, &replaced};
  if (!map_code(job, module.name(), what)) throw missing(module.request(), job);
  // 3. Redirect the quick code.
  module.code().redirect_to(std::move(code));
  return std::move(job.functions);
}

SearchOrder SessionImpl::search_order(const LinkRequest& request) {
  SearchOrder order;
  for (const auto& dependency : request.dependencies) {
    const auto* module = dynamic_cast<const Module*>(dependency.get());
    if (!module || &module->session() != this) {
      throw LinkFailed("module '" + request.name + "' names a dependency that is not a module of the same session");
    }
    order.dependencies.push_back(module);
  }
  for (const auto& lib : request.libs) {
    order.libraries.push_back(
        &libraries_.open(lib, request.lib_dirs, "module '" + request.name + "' needs the library"));
  }
  order.libraries.push_back(&process_);
  return order;
}

LinkFailed SessionImpl::missing(const LinkRequest& request, const LinkJob& job) const {
  std::vector<MissingSymbol> symbols;
  for (const auto& name : job.missing) {
    symbols.push_back({llvm::demangle(name), Registry::instance().provider(*this, name)});
  }
  std::sort(symbols.begin(), symbols.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return missing_symbols(request.name, symbols, request.dependency_names, request.libs);
}

}  // namespace

}  // namespace dijitso::orc

std::shared_ptr<dijitso::orc::Session>* dijitso_orc_new_session(const dijitso::orc::SessionOptions& options) {
  using namespace dijitso::orc;
  check_not_exiting(!Registry::instance().exiting());
  dijitso::llvm_config::throw_instead_of_ending();
  return new std::shared_ptr<Session>(std::make_shared<SessionImpl>(options));
}
