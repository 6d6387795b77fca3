// Code is linked directly in the memory in which it will run. Tested in unittests/orc/code_memory_test.cpp.
#include "orc/code_memory.h"

#include "orc/section_groups.h"
#include "support/code_pages.h"

#include <llvm/ExecutionEngine/JITLink/JITLink.h>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace dijitso::orc {

namespace {

LLVM_ENABLE_BITMASK_ENUMS_IN_NAMESPACE();
namespace jit = llvm::jitlink;
using llvm::orc::MemProt;

llvm::Error error_of(const std::string& reason) {
  return reason.empty() ? llvm::Error::success() : llvm::createStringError(reason);
}

bool has(MemProt protection, MemProt wanted) { return (protection & wanted) == wanted; }

Protection protection_of(MemProt rights) {
  if (has(rights, MemProt::Exec)) return Protection::execute;
  return has(rights, MemProt::Write) ? Protection::write : Protection::read;
}

std::size_t size_in_pages(const jit::BasicLayout::Segment& segment) {
  return static_cast<std::size_t>(llvm::alignTo(segment.ContentSize + segment.ZeroFillSize, page_size()));
}

class Unfinished final : public jit::JITLinkMemoryManager::InFlightAlloc {
 public:
  Unfinished(jit::LinkGraph& graph, jit::BasicLayout layout, MappedCode& code)
      : graph_(graph), layout_(std::move(layout)), code_(code) {}

  void abandon(OnAbandonedFunction on_abandoned) override { on_abandoned(llvm::Error::success()); }

  void finalize(OnFinalizedFunction on_finalized) override {
    if (auto error = protect()) return on_finalized(std::move(error));
    if (auto* frames = graph_.findSectionByName(frames_section))
      code_.register_frames(jit::SectionRange(*frames).getStart().toPtr<const void*>());
    on_finalized(jit::JITLinkMemoryManager::FinalizedAlloc());
  }

 private:
  llvm::Error protect() {
    for (auto& [group, segment] : layout_.segments()) {
      const bool write = has(group.getMemProt(), MemProt::Write), execute = has(group.getMemProt(), MemProt::Exec);
      const std::size_t size = size_in_pages(segment);
      if ((write && !execute) || size == 0) continue;  // the pages can be written
      auto* begin = reinterpret_cast<std::byte*>(segment.WorkingMem);
      if (auto error = error_of(protect_pages(begin, size, write, execute))) return error;
    }
    return llvm::Error::success();
  }

  jit::LinkGraph& graph_;
  jit::BasicLayout layout_;
  MappedCode& code_;
};

llvm::Expected<std::unique_ptr<jit::JITLinkMemoryManager::InFlightAlloc>> begin(jit::LinkGraph& graph,
                                                                                MappedCode& code) {
  jit::BasicLayout layout(graph);
  auto total = layout.getContiguousPageBasedLayoutSizes(page_size());  // checks alignments
  if (!total) return total.takeError();
  std::array<std::size_t, count_of_protections> sizes = {};
  for (auto& [group, segment] : layout.segments())
    sizes[index_of(protection_of(group.getMemProt()))] += size_in_pages(segment);
  if (total->total() > 0) {
    if (auto error = error_of(code.map(sizes))) return error;
  }
  std::array<std::byte*, count_of_protections> next = {code.begin(Protection::read), code.begin(Protection::execute),
                                                       code.begin(Protection::write)};
  for (auto& [group, segment] : layout.segments()) {
    auto*& place = next[index_of(protection_of(group.getMemProt()))];
    segment.WorkingMem = reinterpret_cast<char*>(place);
    segment.Addr = llvm::orc::ExecutorAddr::fromPtr(place);
    place += size_in_pages(segment);
  }
  if (auto error = layout.apply()) return error;
  return std::make_unique<Unfinished>(graph, std::move(layout), code);
}

}  // namespace

void CodeMemory::allocate(const jit::JITLinkDylib*, jit::LinkGraph& graph, OnAllocatedFunction on_allocated) {
  on_allocated(begin(graph, code_));
}

// JITLink itself does not call it.
void CodeMemory::deallocate(std::vector<FinalizedAlloc>, OnDeallocatedFunction on_deallocated) {
  on_deallocated(llvm::Error::success());
}

}  // namespace dijitso::orc
