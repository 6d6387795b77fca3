// Hides ORC and JITLink behind one function that turns bytes into mapped code.
//
// All work is done on the calling thread (no tasks are dispatched), for one module at a time. Meanwhile no code of a
// module or host library runs. Thread-safety: all functions may be called from any thread. Tested in
// unittests/orc/session_test.cpp.
#pragma once

#include "orc/graph_passes.h"
#include "support/bytes.h"
#include "support/fork.h"

#include <llvm/ExecutionEngine/Orc/Core.h>
#include <llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h>

#include <cstdint>
#include <memory>
#include <string>

namespace dijitso::orc {

class Linker {
 public:
  Linker();  // throws LinkFailed when ORC cannot start
  ~Linker();
  Linker(const Linker&) = delete;
  Linker& operator=(const Linker&) = delete;

  // Maps the code into a new JITDylib and fills in the job. Returns nullptr when symbols are missing, which the job
  // names. Throws LinkFailed, whose text begins with `what`, for other failures. A failure leaves nothing behind,
  // unless memory ran out (std::bad_alloc).
  llvm::orc::JITDylib* map(const std::string& name, const SharedBytes& object, LinkJob& job, const std::string& what);

  void unmap(llvm::orc::JITDylib& library) noexcept;

 private:
  void start() DIJITSO_REQUIRES(mutex_);
  void abandon() noexcept DIJITSO_REQUIRES(mutex_);
  llvm::orc::JITDylib* map_in_session(const std::string& name, const SharedBytes& object, LinkJob& job,
                                      const std::string& what) DIJITSO_REQUIRES(mutex_);
  llvm::Error materialise(llvm::orc::JITDylib& library, const SharedBytes& object, const LinkJob& job)
      DIJITSO_REQUIRES(mutex_);

  forking::Mutex mutex_;
  std::uint64_t count_ DIJITSO_GUARDED_BY(mutex_) = 0;
  std::string reported_ DIJITSO_GUARDED_BY(mutex_);  // details that ORC reported in addition to its errors
  std::unique_ptr<llvm::orc::ExecutionSession> session_ DIJITSO_GUARDED_BY(mutex_);
  std::unique_ptr<llvm::orc::ObjectLinkingLayer> layer_ DIJITSO_GUARDED_BY(mutex_);
  std::shared_ptr<GraphPasses> passes_ DIJITSO_GUARDED_BY(mutex_);
};

}  // namespace dijitso::orc
