// Allocates the memory of linked code for JITLink: one mapping for each module, with separate pages for each kind of
// section.
//
// JITLink's own memory manager makes written memory executable, which hardened systems refuse (support/code_pages.h),
// and then leaks the memory. Thread-safety: all functions may be called from any thread. Tested in
// unittests/orc/code_memory_test.cpp.
#pragma once

#include <llvm/ExecutionEngine/JITLink/JITLinkMemoryManager.h>

#include <vector>

namespace dijitso::orc {

class CodeMemory final : public llvm::jitlink::JITLinkMemoryManager {
 public:
  using JITLinkMemoryManager::allocate;
  using JITLinkMemoryManager::deallocate;

  void allocate(const llvm::jitlink::JITLinkDylib* library, llvm::jitlink::LinkGraph& graph,
                OnAllocatedFunction on_allocated) override;
  void deallocate(std::vector<FinalizedAlloc> memory, OnDeallocatedFunction on_deallocated) override;
};

}  // namespace dijitso::orc
