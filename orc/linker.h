// ORC and JITLink behind one function: bytes in, mapped code out.
//
// All work is done on the calling thread (there are no dispatched tasks), for one module at a time. No code of a module
// or of a host library runs meanwhile. Thread-safety: all functions may be called from any thread. Tested in
// unittests/orc/session_test.cpp.
#pragma once

#include "orc/graph_passes.h"
#include "support/bytes.h"
#include "support/fork.h"

#include <llvm/ExecutionEngine/Orc/Core.h>
#include <llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

namespace dijitso::orc {

class Linker {
 public:
  Linker();  // LinkFailed when ORC cannot start
  ~Linker();
  Linker(const Linker&) = delete;
  Linker& operator=(const Linker&) = delete;

  // Maps the code into a JITDylib of its own and fills in the job. Nullptr when symbols are missing, which the job
  // names; LinkFailed, its text beginning with `what`, when it fails otherwise. Nothing stays behind then, unless
  // memory ran out (std::bad_alloc).
  llvm::orc::JITDylib* map(const std::string& name, const SharedBytes& object, LinkJob& job, const std::string& what);

  void unmap(llvm::orc::JITDylib& library) noexcept;

 private:
  void start();
  void abandon() noexcept;
  llvm::orc::JITDylib* map_in_session(const std::string& name, const SharedBytes& object, LinkJob& job,
                                      const std::string& what);
  llvm::Error materialise(llvm::orc::JITDylib& library, const SharedBytes& object, const LinkJob& job);

  forking::Mutex mutex_;
  std::uint64_t count_ = 0;
  std::string reported_;  // what ORC reported beside its errors: the true reasons
  std::unique_ptr<llvm::orc::ExecutionSession> session_;
  std::unique_ptr<llvm::orc::ObjectLinkingLayer> layer_;
  std::shared_ptr<GraphPasses> passes_;
};

}  // namespace dijitso::orc
