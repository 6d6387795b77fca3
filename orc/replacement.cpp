// With -fPIC, the compiler accesses exported symbols as if they were in another module, so each relocation names its
// symbol. Calls stay within the optimised code. In the unwind tables the address of a function stays that of its own
// code. Tested in unittests/orc/replace_test.cpp.
#include "orc/replacement.h"

#include "orc/section_groups.h"

#include <llvm/ADT/StringMap.h>
#include <llvm/ADT/StringSet.h>
#include <llvm/ExecutionEngine/JITLink/aarch64.h>
#include <llvm/ExecutionEngine/JITLink/x86_64.h>

#include <vector>

namespace dijitso::orc {

namespace {

namespace jit = llvm::jitlink;

void share_variables(jit::LinkGraph& graph, const std::vector<std::string>& names) {
  llvm::StringSet<> shared;
  for (const auto& name : names) shared.insert(name);
  std::vector<jit::Symbol*> found;
  for (auto* symbol : graph.defined_symbols()) {
    if (symbol->hasName() && symbol->getScope() != jit::Scope::Local && shared.contains(*symbol->getName()))
      found.push_back(symbol);
  }
  for (auto* symbol : found) graph.makeExternal(*symbol);
}

// The stubs of the quick code, as symbols of the graph.
class Stubs {
 public:
  Stubs(jit::LinkGraph& graph, const Code& quick) : graph_(graph), quick_(quick) {}

  // Returns nullptr when the function cannot be redirected.
  jit::Symbol* of(llvm::StringRef function) {
    if (const auto known = symbols_.find(function); known != symbols_.end()) return known->second;
    const auto name = function.str();
    const auto* stub = quick_.redirects.contains(name) ? quick_.exports.find(name) : nullptr;
    jit::Symbol* symbol = nullptr;
    if (stub) {
      // Address tables are built by symbol names, so this symbol needs a unique one.
      symbol = &graph_.addAbsoluteSymbol(prefix + name, llvm::orc::ExecutorAddr(stub->value), 0, jit::Linkage::Strong,
                                         jit::Scope::Local, false);
    }
    symbols_[function] = symbol;
    return symbol;
  }

 private:
  static constexpr const char* prefix = "$dijitso.jump.";

  jit::LinkGraph& graph_;
  const Code& quick_;
  llvm::StringMap<jit::Symbol*> symbols_;
};

bool is_call(const llvm::Triple& triple, jit::Edge::Kind kind) {
  return triple.isX86() ? kind == jit::x86_64::BranchPCRel32 : kind == jit::aarch64::Branch26PCRel;
}

void share_addresses(jit::LinkGraph& graph, const Code& quick) {
  Stubs stubs(graph, quick);
  for (auto& section : graph.sections()) {
    if (section.getName() == frames_section) continue;
    for (auto* block : section.blocks()) {
      for (auto& edge : block->edges()) {
        if (is_call(graph.getTargetTriple(), edge.getKind())) continue;
        const auto& target = edge.getTarget();
        if (!target.isDefined() || !target.hasName() || target.getScope() == jit::Scope::Local) continue;
        if (auto* stub = stubs.of(*target.getName())) edge.setTarget(*stub);
      }
    }
  }
}

}  // namespace

void bind_to_quick_code(jit::LinkGraph& graph, const Replaced& replaced) {
  share_variables(graph, replaced.shared_symbols);
  share_addresses(graph, replaced.quick);
}

}  // namespace dijitso::orc
