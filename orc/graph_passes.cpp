// Passes run on the linking thread inside LLVM's frames, so they throw nothing and return llvm::Error. Tested in
// unittests/orc/symbols_test.cpp and lifetime_test.cpp.
#include "orc/graph_passes.h"

#include "orc/partial_link.h"
#include "orc/replacement.h"
#include "orc/runtime_helpers.h"
#include "orc/special_symbols.h"
#include "orc/symbol_file.h"
#include "orc/tls_layout.h"
#include "support/quick_code.h"

#include <llvm/ADT/DenseSet.h>
#include <llvm/ADT/StringSet.h>

#include <algorithm>
#include <memory>
#include <optional>

namespace dijitso::orc {

namespace {

LLVM_ENABLE_BITMASK_ENUMS_IN_NAMESPACE();
namespace jit = llvm::jitlink;

// The place of function pointers in the order of execution.
struct ArrayKind {
  bool at_end;
  bool backwards;
  unsigned priority;  // ascending for constructors, descending for destructors
};

struct ArrayBlock {
  jit::Block* block;
  ArrayKind kind;
};

// .init_array.200 runs before .init_array. The older .ctors numbers in reverse: .ctors.65335 corresponds to
// .init_array.200.
std::optional<ArrayKind> array_kind_of(llvm::StringRef section) {
  constexpr unsigned last = 65535;
  struct Kind {
    llvm::StringRef prefix;
    bool at_end, backwards, counts_down;
  };
  for (const auto& kind : {Kind{".init_array", false, false, false}, Kind{".ctors", false, true, true},
                           Kind{".fini_array", true, true, false}, Kind{".dtors", true, false, true}}) {
    if (!section.starts_with(kind.prefix)) continue;
    unsigned priority = last;
    auto rest = section.drop_front(kind.prefix.size());
    if (rest.consume_front(".") && !rest.getAsInteger(10, priority) && kind.counts_down) priority = last - priority;
    return ArrayKind{kind.at_end, kind.backwards, priority};
  }
  return std::nullopt;
}

// The names of the sections for which the code uses __start_<name> or __stop_<name>.
llvm::StringSet<> sections_with_bounds(jit::LinkGraph& graph) {
  llvm::StringSet<> names;
  for (auto* symbol : graph.external_symbols()) {
    llvm::StringRef name = *symbol->getName();
    if (name.consume_front("__start_") || name.consume_front("__stop_")) names.insert(name);
  }
  return names;
}

bool is_code(const jit::Symbol& symbol) {
  return symbol.isDefined() &&
         (symbol.getSection().getMemProt() & llvm::orc::MemProt::Exec) != llvm::orc::MemProt::None;
}

// The symbols that can be reached from `roots` and from those that other modules can see. The unwind tables refer to
// all functions, so they do not count here; but what they need to unwind does.
llvm::DenseSet<const jit::Symbol*> reachable_symbols(jit::LinkGraph& graph, std::vector<const jit::Symbol*> roots) {
  llvm::DenseSet<const jit::Symbol*> found;
  llvm::DenseSet<const jit::Block*> visited;
  for (const auto* symbol : graph.defined_symbols())
    if (symbol->getScope() != jit::Scope::Local) roots.push_back(symbol);
  if (auto* frames = graph.findSectionByName(frames_section)) {
    for (auto* block : frames->blocks())
      for (const auto& edge : block->edges())
        if (!is_code(edge.getTarget())) roots.push_back(&edge.getTarget());
    visited.insert(frames->blocks().begin(), frames->blocks().end());
  }
  while (!roots.empty()) {
    const auto* symbol = roots.back();
    roots.pop_back();
    found.insert(symbol);
    if (!symbol->isDefined() || !visited.insert(&symbol->getBlock()).second) continue;
    for (const auto& edge : symbol->getBlock().edges()) roots.push_back(&edge.getTarget());
  }
  return found;
}

// The passes over one graph, and the data that they share.
class ModuleGraph {
 public:
  explicit ModuleGraph(LinkJob& job) : job_(job), variables_(job.code.tls, job.imports) {}

  // Runs before the pass that marks what other modules can see.
  void prepare(jit::LinkGraph& graph) {
    if (job_.replaced) bind_to_quick_code(graph, *job_.replaced);
    redirect_chosen_functions(graph, job_.object.chosen_functions);
  }

  // Finds the blocks of the groups, and keeps them, because the references within the object are no edges.
  void keep_groups(jit::LinkGraph& graph) {
    if (!job_.object.partial.done) return;
    const auto& groups = job_.object.groups;  // in the order of their addresses
    groups_.resize(groups.size());
    for (auto* block : graph.blocks()) {
      const auto address = block->getAddress().getValue();
      const auto group = std::ranges::lower_bound(groups, address, {}, &SectionGroup::address);
      if (group == groups.end() || group->address != address) continue;  // a common variable
      groups_[static_cast<std::size_t>(group - groups.begin())] = block;
      if (!group->is_thread_local())
        kept_.push_back(&graph.addAnonymousSymbol(*block, 0, block->getSize(), false, true));
    }
  }

  // Keeps blocks to which nothing refers: arrays of functions, unwind tables, and sections that are read from
  // __start_<name> to __stop_<name>.
  void keep(jit::LinkGraph& graph) {
    const auto walked_sections = sections_with_bounds(graph);
    for (auto& section : graph.sections()) {
      const bool walked = walked_sections.contains(section.getName()) || section.getName() == frames_section;
      // The quick code has run the static constructors.
      const auto kind = job_.replaced ? std::nullopt : array_kind_of(section.getName());
      if (!kind && !walked) continue;
      for (auto* block : section.blocks()) {
        const bool is_array = kind && !block->isZeroFill();
        if (is_array) arrays_.push_back({block, *kind});
        if (is_array || walked) kept_.push_back(&graph.addAnonymousSymbol(*block, 0, block->getSize(), false, true));
      }
    }
    // The contents of blocks still point into the object file, where their order is the compiler's.
    std::sort(arrays_.begin(), arrays_.end(), [](const ArrayBlock& a, const ArrayBlock& b) {
      if (a.kind.priority != b.kind.priority) return a.kind.priority < b.kind.priority;
      return a.block->getContent().data() < b.block->getContent().data();
    });
  }

  // __dso_handle is hidden, so code expects it nearby. It is a word in the module's own memory that holds the address
  // of the Code. Both tiers of a module use the same one, so that destructors run in reverse order of construction.
  void define_dso_handle(jit::LinkGraph& graph) {
    auto* symbol = graph.findExternalSymbolByName(graph.intern("__dso_handle"));
    if (!symbol) return;
    const auto value = reinterpret_cast<std::uintptr_t>(job_.replaced ? &job_.replaced->quick : &job_.code);
    auto content = graph.allocateContent(llvm::ArrayRef(reinterpret_cast<const char*>(&value), sizeof(value)));
    auto& section = section_of(graph, ".dijitso.dso_handle");
    auto& block = graph.createContentBlock(section, content, llvm::orc::ExecutorAddr(), alignof(std::uintptr_t), 0);
    graph.makeDefined(*symbol, block, 0, sizeof(value), jit::Linkage::Strong, jit::Scope::Local, true);
  }

  // The unwinder reads the tables up to a word of zeros, which a static linker takes from the compiler's last object.
  void end_frames(jit::LinkGraph& graph) {
    static constexpr char zeros[4] = {};
    constexpr llvm::orc::ExecutorAddr last(~std::uint64_t{sizeof zeros});
    if (auto* frames = graph.findSectionByName(frames_section)) graph.createContentBlock(*frames, zeros, last, 1, 0);
  }

  // These symbols are hidden too; a static linker takes them from a static library.
  void define_runtime_data(jit::LinkGraph& graph) {
    const auto externals = graph.external_symbols();
    for (auto* symbol : std::vector<jit::Symbol*>(externals.begin(), externals.end())) {
      const auto content = runtime_data(*symbol->getName());
      if (content.empty()) continue;
      auto copy = graph.allocateContent(llvm::ArrayRef(reinterpret_cast<const char*>(content.data()), content.size()));
      auto& section = section_of(graph, ".dijitso.runtime_data");
      auto& block = graph.createContentBlock(section, copy, llvm::orc::ExecutorAddr(), alignof(std::uintptr_t), 0);
      graph.makeDefined(*symbol, block, 0, content.size(), jit::Linkage::Strong, jit::Scope::Local, true);
    }
  }

  llvm::Error bind_imports(jit::LinkGraph& graph) {
    std::vector<jit::Symbol*> not_found;
    const auto externals = graph.external_symbols();
    for (auto* symbol : std::vector<jit::Symbol*>(externals.begin(), externals.end())) {
      const auto name = (*symbol->getName()).str();
      if (name == "_GLOBAL_OFFSET_TABLE_") continue;  // JITLink defines it in a later pass
      const auto import = job_.imports.find(name);
      if (import != job_.imports.end() || symbol->isWeaklyReferenced()) {
        const auto address = import != job_.imports.end() ? import->second.address : 0;
        graph.makeAbsolute(*symbol, llvm::orc::ExecutorAddr(address));
      } else {
        not_found.push_back(symbol);
      }
    }
    if (not_found.empty()) return llvm::Error::success();
    const auto needed = reachable_symbols(graph, kept_);
    for (auto* symbol : not_found) {
      if (needed.contains(symbol))
        job_.missing.push_back((*symbol->getName()).str());
      else
        graph.makeAbsolute(*symbol, llvm::orc::ExecutorAddr());
    }
    if (job_.missing.empty()) return llvm::Error::success();
    return llvm::createStringError("symbols are missing");
  }

  void record(jit::LinkGraph& graph) {
    auto& code = job_.code;
    record_exports(graph);
    if (auto* words = graph.findSectionByName(chosen_addresses)) {
      for (const auto* word : words->blocks())
        code.chosen_functions.push_back(static_cast<std::uintptr_t>(word->getAddress().getValue()));
    }
    for (const auto& array : arrays_) {
      auto& list = array.kind.at_end ? code.destructors : code.constructors;
      list.push_back({static_cast<std::uintptr_t>(array.block->getAddress().getValue()),
                      array.block->getSize() / sizeof(void*), array.kind.backwards});
    }
    std::reverse(code.destructors.begin(), code.destructors.end());
    variables_.record_content();
  }

  llvm::Error apply_own_relocations() { return apply_relocations(job_.object.partial, groups_); }

  TlsLayout& variables() { return variables_; }

 private:
  void record_exports(jit::LinkGraph& graph) {
    std::vector<Exports::Named> exports;
    const auto add = [&](llvm::StringRef name, std::uint64_t value, bool variable) {
      if (name.consume_front(redirect_prefix))
        job_.code.redirects[name.str()] = static_cast<std::uintptr_t>(value);
      else
        exports.push_back({name, {static_cast<std::uintptr_t>(value), variable}});
    };
    for (auto* symbol : graph.defined_symbols()) {
      if (!symbol->hasName() || symbol->getScope() != jit::Scope::Default) continue;
      const bool variable = variables_.contains(symbol->getBlock());
      add(*symbol->getName(), variable ? variables_.offset(*symbol) : symbol->getAddress().getValue(), variable);
    }
    for (const auto& symbol : job_.object.partial.exports)
      add(symbol.name, groups_[symbol.group]->getAddress().getValue() + symbol.offset, false);
    for (const auto& number : job_.object.numbers)
      if (number.exported) add(number.name, number.value, false);
    job_.code.exports = Exports(exports);
  }

  static jit::Section& section_of(jit::LinkGraph& graph, llvm::StringRef name) {
    auto* known = graph.findSectionByName(name);
    return known ? *known : graph.createSection(name, llvm::orc::MemProt::Read);
  }

  LinkJob& job_;
  TlsLayout variables_;
  std::vector<jit::Block*> groups_;  // of a partly linked object
  std::vector<ArrayBlock> arrays_;
  std::vector<const jit::Symbol*> kept_;  // of the blocks that keep() keeps
};

template <class T>
llvm::Error store(llvm::Expected<T> from, T& to) {
  if (!from) return from.takeError();
  to = std::move(*from);
  return llvm::Error::success();
}

// These passes must run before the passes that move content.
void add_symbol_file_passes(LinkJob& job, jit::PassConfiguration& config) {
  const auto file = std::make_shared<SymbolFile>(job.object);
  config.PostPrunePasses.push_back([file](jit::LinkGraph& graph) {
    file->find_sections(graph);
    return llvm::Error::success();
  });
  config.PostAllocationPasses.push_back([file, &job](jit::LinkGraph&) {
    if (job.object.has_debug_info) {
      if (auto error = store(file->copy_with_addresses(), job.symbol_file)) return error;
    }
    return job.names_functions ? store(file->functions(), job.functions) : llvm::Error::success();
  });
}

}  // namespace

void add_passes(LinkJob& job, jit::PassConfiguration& config) {
  const auto module = std::make_shared<ModuleGraph>(job);
  config.PrePrunePasses.insert(config.PrePrunePasses.begin(), [module](jit::LinkGraph& graph) {
    module->prepare(graph);
    return llvm::Error::success();
  });
  config.PrePrunePasses.push_back([module](jit::LinkGraph& graph) {
    module->keep_groups(graph);
    module->keep(graph);
    return module->variables().prepare(graph);
  });
  if (job.object.has_debug_info || job.names_functions) add_symbol_file_passes(job, config);
  config.PostPrunePasses.push_back([module](jit::LinkGraph& graph) {
    module->define_dso_handle(graph);
    module->end_frames(graph);
    module->define_runtime_data(graph);
    return module->variables().place(graph);
  });
  // At this point JITLink has defined the bounds of sections (__start_, __stop_), and addresses are known.
  config.PostAllocationPasses.push_back([module](jit::LinkGraph& graph) -> llvm::Error {
    if (auto error = module->bind_imports(graph)) return error;
    module->record(graph);
    return module->apply_own_relocations();
  });
}

}  // namespace dijitso::orc
