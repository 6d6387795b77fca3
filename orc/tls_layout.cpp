// The words of a variable that nothing defines still refer to it; the pass that binds imports then fails the link.
// Tested in unittests/orc/thread_local_test.cpp.
#include "orc/tls_layout.h"

#include "orc/tls_relocations.h"

#include <llvm/ExecutionEngine/JITLink/x86_64.h>

#include <cstring>

namespace dijitso::orc {

namespace {

namespace jit = llvm::jitlink;

constexpr llvm::StringRef pair_section = "$__TLSINFO";
constexpr llvm::StringRef start_symbol = "$dijitso.tls.start";

bool is_tls_section(llvm::StringRef name) {
  for (const llvm::StringRef prefix : {".tdata", ".tbss"}) {
    if (name == prefix || (name.starts_with(prefix) && name[prefix.size()] == '.')) return true;
  }
  return false;
}

// Replaces the relocation at `edge` by plain content.
template <class Word>
jit::Block::edge_iterator write_word(jit::LinkGraph& graph, jit::Block& block, jit::Block::edge_iterator edge,
                                     Word word) {
  std::memcpy(block.getMutableContent(graph).data() + edge->getOffset(), &word, sizeof(word));
  return block.removeEdge(edge);
}

}  // namespace

llvm::Error TlsLayout::prepare(jit::LinkGraph& graph) {
  bool has_variables = false;
  for (auto& section : graph.sections()) has_variables |= is_tls_section(section.getName()) && !section.empty();
  if (has_variables && !native_tls) {
    return llvm::createStringError(needs_emulated_tls);
  }
  if (!has_variables) return llvm::Error::success();
  for (auto* block : graph.blocks()) {
    for (auto& edge : block->edges()) {
      if (edge.getKind() != jit::x86_64::RequestTLSDescInGOTAndTransformToDelta32 || !is_marked(edge.getAddend()))
        continue;
      if (!image_start_) {
        image_start_ = &graph.addAbsoluteSymbol(start_symbol, llvm::orc::ExecutorAddr(), 0, jit::Linkage::Strong,
                                                jit::Scope::Local, true);
      }
      edge.setTarget(*image_start_);
      edge.setAddend(edge.getAddend() - local_dynamic_mark);
    }
  }
  return llvm::Error::success();
}

llvm::Error TlsLayout::place(jit::LinkGraph& graph) {
  for (auto& section : graph.sections()) {
    if (!is_tls_section(section.getName())) continue;
    for (auto* block : section.blocks()) offsets_[block] = image_.reserve(block->getSize(), block->getAlignment());
  }
  if (auto* pairs = graph.findSectionByName(pair_section)) {
    for (auto* pair : pairs->blocks()) write_pair(graph, *pair);
  }
  if (offsets_.empty()) return llvm::Error::success();
  for (auto* block : graph.blocks()) write_offsets(graph, *block);
  return llvm::Error::success();
}

std::size_t TlsLayout::offset(const jit::Symbol& symbol) const {
  return offsets_.lookup(&symbol.getBlock()) + symbol.getOffset();
}

void TlsLayout::write_pair(jit::LinkGraph& graph, jit::Block& pair) {
  for (auto edge = pair.edges().begin(); edge != pair.edges().end();) {
    const auto& target = edge->getTarget();
    TlsVariable variable{nullptr, 0};
    if (&target == image_start_) {
      variable.image = &image_;
    } else if (target.isDefined() && contains(target.getBlock())) {
      variable = {&image_, offset(target) + static_cast<std::size_t>(edge->getAddend())};
    } else if (target.hasName()) {
      const auto import = imports_.find((*target.getName()).str());
      if (import != imports_.end() && import->second.variable) variable = *import->second.variable;
    }
    if (!variable.image) {
      ++edge;
      continue;
    }
    std::memcpy(pair.getMutableContent(graph).data(), &variable, sizeof(variable));
    edge = pair.removeEdge(edge);
  }
}

void TlsLayout::write_offsets(jit::LinkGraph& graph, jit::Block& block) {
  for (auto edge = block.edges().begin(); edge != block.edges().end();) {
    const auto& target = edge->getTarget();
    if (!is_marked(edge->getAddend()) || !target.isDefined() || !contains(target.getBlock())) {
      ++edge;
      continue;
    }
    const auto value = static_cast<std::int64_t>(offset(target)) + edge->getAddend() - local_dynamic_mark;
    edge = edge->getKind() == jit::x86_64::Pointer64 ? write_word(graph, block, edge, value)
                                                     : write_word(graph, block, edge, static_cast<std::int32_t>(value));
  }
}

void TlsLayout::record_content() {
  for (const auto& [block, offset] : offsets_) {
    if (block->isZeroFill()) continue;
    image_.add_part({offset, block->getAddress().toPtr<const void*>(), block->getSize()});
  }
}

}  // namespace dijitso::orc
