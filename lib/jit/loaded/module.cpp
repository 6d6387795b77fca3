// Chains of dependencies may be long, so they are walked and destroyed without recursion. Tested in
// unittests/jit/module_test.cpp.

#include "jit/loaded/module.h"

#include "cache/format/prototypes.h"
#include "jit/build/builder.h"
#include "jit/link/linking.h"
#include "jit/link/make_code.h"
#include "jit/loaded/last_used.h"
#include "support/references.h"
#include "support/stack_space.h"

#include <dijitso/error.h>
#include <dijitso/interrupt.h>
#include <dijitso/jit.h>
#include <dijitso/library.h>

#include <set>

namespace dijitso {

Module::Module(ModuleFacts facts, std::shared_ptr<ModuleState> module_state, Unlinked unlinked)
    : ModuleFacts(std::move(facts)), state(std::move(module_state)), number(last_used::next_number()) {
  if (unlinked.context) unlinked_ = std::make_shared<const Unlinked>(std::move(unlinked));
}

Module::~Module() {
  code_.reset();  // its static destructors run before those of its dependencies
  drop_references(std::move(dependencies));
}

void Module::wait_for(Stage stage) const {
  build_what_was_left_behind(*this);
  state->wait_for(stage);
}

const Digest& Module::identity() const {
  if (!is_compiled()) wait_for(Stage::compiled);
  return state->identity();
}

const SharedBytes& Module::entry() const {
  if (!is_optimized()) wait_for(Stage::optimised);
  return state->entry();
}

std::string Module::prototypes() const {
  if (!is_compiled()) wait_for(Stage::compiled);
  const std::shared_ptr<const CompiledObject> object = state->object();
  if (object && object->is_quick) return object->entry.prototypes;
  return std::string(cache::prototypes_of(object ? *object->bytes : *state->entry()));
}

const CodePointer& Module::code() const {
  if (is_linked()) return code_;
  try {
    with_enough_stack([this] { link(*this); });
  } catch (const Interrupted&) {
    throw;
  } catch (...) {
    failure_is_known_ = true;
    throw;
  }
  return code_;
}

void Module::set_code(CodePointer code) const {
  std::shared_ptr<const Unlinked> done;  // destroyed without the lock: its destructors may call this module
  const Lock lock(mutex_);
  code_ = std::move(code);
  unlinked_.swap(done);
  linked_.store(true, std::memory_order_release);
}

std::shared_ptr<const Module::Unlinked> Module::unlinked() const {
  const Lock lock(mutex_);
  return unlinked_;
}

std::string memory_namespace(const CacheParams& params) {
  const std::string entries = params.cache_dir + "\n" + params.obj_dir;
  if (params.lib_loader == "orc") return entries;
  const bool is_import = params.lib_loader == "import";
  return entries + (is_import ? "\nimport\n" : "\ndlopen\n") + params.lib_dir + "\n" + params.lib_prefix +
         params.lib_basename + "*" + params.lib_postfix;
}

bool is_namespace_of(const std::string& name_space, const std::string& cache_dir) {
  return name_space == cache_dir || name_space.starts_with(cache_dir + "\n");
}

std::vector<ModulePointer> closure(const std::vector<ModulePointer>& roots,
                                   const std::function<bool(const Module&)>& skip) {
  std::vector<ModulePointer> ordered;
  std::set<const Module*> seen;
  struct Visit {
    ModulePointer module;
    std::size_t next = 0;
  };
  std::vector<Visit> stack;
  const auto enter = [&](const ModulePointer& module) {
    if (skip && skip(*module)) return;
    if (seen.insert(module.get()).second) stack.push_back({module});
  };
  for (const ModulePointer& root : roots) {
    enter(root);
    while (!stack.empty()) {
      Visit& visit = stack.back();
      if (visit.next < visit.module->dependencies.size()) {
        enter(visit.module->dependencies[visit.next++]);
      } else {
        ordered.push_back(std::move(visit.module));
        stack.pop_back();
      }
    }
  }
  return ordered;
}

const ModulePointer& module_of(const Library& library) {
  if (library.module()) return library.module();
  throw InvalidArgument("this Library is empty: it was not returned by jit");
}

const std::string& Library::signature() const { return module_of(*this)->signature; }

void* Library::find(const std::string& symbol) const { return module_of(*this)->code()->find(symbol); }

void* Library::symbol(const std::string& symbol) const {
  if (void* address = find(symbol)) return address;
  throw LinkFailed("module '" + module_->signature + "' does not define '" + symbol +
                       "': check the spelling, and that it is declared extern \"C\"",
                   {symbol});
}

void* Library::address(const std::string& name) const {
  if (void* known = find(name)) return known;
  const Prototypes all = prototypes();
  const Prototype* const other = all.find(name);
  return symbol(other ? other->symbol : name);
}

Prototypes Library::prototypes() const { return cache::read_prototypes(module_of(*this)->prototypes()); }

std::string Library::file_name() const { return module_of(*this)->code()->file_name(); }

bool wait_optimized(const Library& library) {
  const ModulePointer& top = module_of(library);
  top->code();
  bool are_optimized = true;
  for (const ModulePointer& module : closure({top})) try {
      module->entry();
    } catch (const Interrupted&) {
      throw;
    } catch (const std::exception&) {
      are_optimized = false;  // it keeps its quick code; the log has the reason
    }
  return are_optimized;
}

const std::string& LibraryFuture::signature() const { return module_->signature; }

bool LibraryFuture::is_ready() const {
  build_what_was_left_behind(*module_);
  return module_->is_compiled();
}

Library LibraryFuture::get() const {
  check_runs_here(*module_);
  return Library(module_);
}

FactoryFunction extract_factory_function(const Library& lib, const std::string& name) {
  return reinterpret_cast<FactoryFunction>(lib.symbol(name));
}

}  // namespace dijitso
