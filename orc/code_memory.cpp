// Code is linked directly in the memory in which it will run. Sections that JITLink needs only until a link is finished
// are placed behind the others and unmapped at that point. Tested in unittests/orc/code_memory_test.cpp.
#include "orc/code_memory.h"

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
using Actions = std::vector<llvm::orc::shared::WrapperFunctionCall>;

class Pages {
 public:
  Pages() = default;
  Pages(std::byte* begin, std::size_t size) : begin_(begin), size_(size) {}
  Pages(Pages&& other) noexcept : begin_(other.begin_), size_(std::exchange(other.size_, 0)) {}
  Pages& operator=(Pages&&) = delete;
  ~Pages() {
    if (size_ > 0) unmap_pages(begin_, size_);
  }

  std::byte* begin() const { return begin_; }

  void shrink(std::size_t size) {
    if (size < size_) unmap_pages(begin_ + size, size_ - size);
    size_ = size;
  }

 private:
  std::byte* begin_ = nullptr;
  std::size_t size_ = 0;
};

// The resources of linked code until it is unloaded. JITLink's handle is the address of this object.
struct Finished {
  Pages pages;
  Actions on_dealloc;
};

llvm::Error error_of(const std::string& reason) {
  return reason.empty() ? llvm::Error::success() : llvm::createStringError(reason);
}

bool has(MemProt protection, MemProt wanted) { return (protection & wanted) == wanted; }

class Unfinished final : public jit::JITLinkMemoryManager::InFlightAlloc {
 public:
  Unfinished(jit::LinkGraph& graph, jit::BasicLayout layout, Pages pages, std::size_t lasting_size)
      : graph_(graph), layout_(std::move(layout)), pages_(std::move(pages)), lasting_size_(lasting_size) {}

  void abandon(OnAbandonedFunction on_abandoned) override {
    pages_.shrink(0);
    on_abandoned(llvm::Error::success());
  }

  void finalize(OnFinalizedFunction on_finalized) override { on_finalized(finish()); }

 private:
  llvm::Expected<jit::JITLinkMemoryManager::FinalizedAlloc> finish() {
    if (auto error = protect()) return discard(std::move(error));
    auto on_dealloc = llvm::orc::shared::runFinalizeActions(graph_.allocActions());
    if (!on_dealloc) return discard(on_dealloc.takeError());
    pages_.shrink(lasting_size_);
    auto finished = std::make_unique<Finished>(Finished{std::move(pages_), std::move(*on_dealloc)});
    return jit::JITLinkMemoryManager::FinalizedAlloc(llvm::orc::ExecutorAddr::fromPtr(finished.release()));
  }

  llvm::Error discard(llvm::Error error) {
    pages_.shrink(0);
    return error;
  }

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
  Pages pages_;
  const std::size_t lasting_size_;
};

llvm::Expected<std::unique_ptr<jit::JITLinkMemoryManager::InFlightAlloc>> begin(jit::LinkGraph& graph) {
  jit::BasicLayout layout(graph);
  auto sizes = layout.getContiguousPageBasedLayoutSizes(page_size());
  if (!sizes) return sizes.takeError();
  std::byte* begin = nullptr;
  if (sizes->total() > 0) {
    if (auto error = error_of(map_pages(sizes->total(), begin))) return error;
  }
  Pages pages(begin, sizes->total());
  std::byte* lasting = pages.begin();
  std::byte* temporary = lasting + sizes->StandardSegs;
  for (auto& [group, segment] : layout.segments()) {
    auto*& next = group.getMemLifetime() == llvm::orc::MemLifetime::Standard ? lasting : temporary;
    segment.WorkingMem = reinterpret_cast<char*>(next);
    segment.Addr = llvm::orc::ExecutorAddr::fromPtr(next);
    next += llvm::alignTo(segment.ContentSize + segment.ZeroFillSize, page_size());
  }
  if (auto error = layout.apply()) return error;
  return std::make_unique<Unfinished>(graph, std::move(layout), std::move(pages), sizes->StandardSegs);
}

}  // namespace

void CodeMemory::allocate(const jit::JITLinkDylib*, jit::LinkGraph& graph, OnAllocatedFunction on_allocated) {
  on_allocated(begin(graph));
}

void CodeMemory::deallocate(std::vector<FinalizedAlloc> memory, OnDeallocatedFunction on_deallocated) {
  llvm::Error result = llvm::Error::success();
  for (auto& one : memory) {
    const std::unique_ptr<Finished> finished(one.release().toPtr<Finished*>());
    result = llvm::joinErrors(std::move(result), llvm::orc::shared::runDeallocActions(finished->on_dealloc));
  }
  on_deallocated(std::move(result));
}

}  // namespace dijitso::orc
