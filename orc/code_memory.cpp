// Code is linked directly in the memory in which it will run. Sections that JITLink needs only until a link is finished
// are placed behind the others and unmapped at that point. Tested in unittests/orc/code_memory_test.cpp.
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

class Unfinished final : public jit::JITLinkMemoryManager::InFlightAlloc {
 public:
  Unfinished(jit::LinkGraph& graph, jit::BasicLayout layout, MappedCode& code, std::size_t lasting_size)
      : graph_(graph), layout_(std::move(layout)), code_(code), lasting_size_(lasting_size) {}

  void abandon(OnAbandonedFunction on_abandoned) override { on_abandoned(llvm::Error::success()); }

  void finalize(OnFinalizedFunction on_finalized) override {
    if (auto error = protect()) return on_finalized(std::move(error));
    code_.shrink(lasting_size_);
    if (auto* frames = graph_.findSectionByName(frames_section))
      code_.register_frames(jit::SectionRange(*frames).getStart().toPtr<const void*>());
    on_finalized(jit::JITLinkMemoryManager::FinalizedAlloc());
  }

 private:
  llvm::Error protect() {
    for (auto& [group, segment] : layout_.segments()) {
      const auto size = llvm::alignTo(segment.ContentSize + segment.ZeroFillSize, page_size());
      const auto protection = group.getMemProt();
      auto* begin = reinterpret_cast<std::byte*>(segment.WorkingMem);
      if (auto error =
              error_of(protect_pages(begin, size, has(protection, MemProt::Write), has(protection, MemProt::Exec))))
        return error;
    }
    return llvm::Error::success();
  }

  jit::LinkGraph& graph_;
  jit::BasicLayout layout_;
  MappedCode& code_;
  const std::size_t lasting_size_;
};

llvm::Expected<std::unique_ptr<jit::JITLinkMemoryManager::InFlightAlloc>> begin(jit::LinkGraph& graph,
                                                                                MappedCode& code) {
  jit::BasicLayout layout(graph);
  auto sizes = layout.getContiguousPageBasedLayoutSizes(page_size());
  if (!sizes) return sizes.takeError();
  if (sizes->total() > 0) {
    if (auto error = error_of(code.map(sizes->total()))) return error;
  }
  std::byte* lasting = code.begin();
  std::byte* temporary = lasting + sizes->StandardSegs;
  for (auto& [group, segment] : layout.segments()) {
    auto*& next = group.getMemLifetime() == llvm::orc::MemLifetime::Standard ? lasting : temporary;
    segment.WorkingMem = reinterpret_cast<char*>(next);
    segment.Addr = llvm::orc::ExecutorAddr::fromPtr(next);
    next += llvm::alignTo(segment.ContentSize + segment.ZeroFillSize, page_size());
  }
  if (auto error = layout.apply()) return error;
  return std::make_unique<Unfinished>(graph, std::move(layout), code, sizes->StandardSegs);
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
