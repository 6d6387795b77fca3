// When memory runs out, an exception passes through LLVM, which then never destroys the graph and the context
// (llvm-config/out_of_memory.h). The memory of the code belongs to the job and is freed. Tested in
// unittests/orc/session_test.cpp and tests/faults/memory_test.py.
#include "orc/linker.h"

#include "llvm-config/abandoned_locks.h"
#include "llvm-config/error.h"
#include "orc/code_memory.h"

#include <llvm/ExecutionEngine/JITLink/ELF.h>
#include <llvm/ExecutionEngine/JITLink/JITLink.h>
#include <llvm/ExecutionEngine/Orc/SymbolStringPool.h>

#include <memory>
#include <optional>
#include <utility>

namespace dijitso::orc {

namespace {

namespace jit = llvm::jitlink;

class Context final : public jit::JITLinkContext {
 public:
  Context(LinkJob& job, std::optional<std::string>& failure)
      : JITLinkContext(nullptr), job_(job), memory_(job.code.memory), failure_(failure) {}

  jit::JITLinkMemoryManager& getMemoryManager() override { return memory_; }
  void notifyFailed(llvm::Error error) override { failure_ = llvm_config::take_message(std::move(error)); }
  llvm::Error notifyResolved(jit::LinkGraph&) override { return llvm::Error::success(); }
  void notifyFinalized(jit::JITLinkMemoryManager::FinalizedAlloc) override {}

  // A pass has bound every symbol that something defines.
  void lookup(const LookupMap&, std::unique_ptr<jit::JITLinkAsyncLookupContinuation> continuation) override {
    continuation->run(llvm::createStringError("a symbol of the linker is not defined"));
  }

  // What other modules cannot see, and nothing refers to, is left out.
  jit::LinkGraphPassFunction getMarkLivePass(const llvm::Triple&) const override {
    return [](jit::LinkGraph& graph) {
      for (auto* symbol : graph.defined_symbols())
        if (symbol->getScope() != jit::Scope::Local) symbol->setLive(true);
      return llvm::Error::success();
    };
  }

  llvm::Error modifyPassConfig(jit::LinkGraph&, jit::PassConfiguration& config) override {
    add_passes(job_, config);
    return llvm::Error::success();
  }

 private:
  LinkJob& job_;
  CodeMemory memory_;
  std::optional<std::string>& failure_;
};

}  // namespace

bool map_code(LinkJob& job, const std::string& name, const std::string& what) {
  const llvm_config::AbandonedLocks locks;
  const auto text = as_text(job.object.bytes);
  const llvm::MemoryBufferRef object(llvm::StringRef(text.data(), text.size()), name);
  auto graph = llvm_config::check_link(
      jit::createLinkGraphFromELFObject(object, std::make_shared<llvm::orc::SymbolStringPool>()), what);
  std::optional<std::string> failure;
  jit::link_ELF(std::move(graph), std::make_unique<Context>(job, failure));
  if (!job.missing.empty()) return false;
  if (failure) throw LinkFailed(what + ": " + *failure);
  return true;
}

}  // namespace dijitso::orc
