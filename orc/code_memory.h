// Gives JITLink the memory of one module: separate pages for each kind of section.
//
// JITLink's own memory manager makes written memory executable, which hardened systems refuse (support/code_pages.h),
// and then leaks the memory. For one link on one thread. Tested in unittests/orc/code_memory_test.cpp.
#pragma once

#include "orc/mapped_code.h"

#include <llvm/ExecutionEngine/JITLink/JITLinkMemoryManager.h>

#include <vector>

namespace dijitso::orc {

class CodeMemory final : public llvm::jitlink::JITLinkMemoryManager {
 public:
  // The memory belongs to `code`, whether the link succeeds or not.
  explicit CodeMemory(MappedCode& code) : code_(code) {}

  void allocate(const llvm::jitlink::JITLinkDylib* library, llvm::jitlink::LinkGraph& graph,
                OnAllocatedFunction on_allocated) override;
  void deallocate(std::vector<FinalizedAlloc> memory, OnDeallocatedFunction on_deallocated) override;

 private:
  MappedCode& code_;
};

}  // namespace dijitso::orc
