// What happens to a module's graph while JITLink links it: symbols are bound to what was found for them, thread-local
// variables are placed, and what must run at the start and end is recorded.
//
// This takes the place of an ORC platform. Binding here, and not by the link order of JITDylibs, costs the same at any
// depth of dependencies, and says exactly which symbols are missing. What debuggers and profilers want to know is
// collected here too. Tested in unittests/orc/symbols_test.cpp and lifetime_test.cpp.
#pragma once

#include "orc/code.h"
#include "orc/imports.h"
#include "orc/object.h"
#include "orc/perf_map.h"

#include <llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h>

#include <string>
#include <vector>

namespace dijitso::orc {

// Quick code whose place the linked code is to take.
struct Replaced {
  Code& quick;
  const std::vector<std::string>& shared_symbols;
};

// One link: what is known before and what comes out.
struct LinkJob {
  const Imports& imports;
  Code& code;
  const Object& object;  // what is linked
  bool names_functions;  // whether `functions` are wanted
  const Replaced* replaced = nullptr;
  std::vector<std::string> missing = {};       // symbols that the code needs and nobody defines, by linker name
  Bytes symbol_file = {};                      // for a debugger; empty without debug information
  std::vector<LinkedFunction> functions = {};  // for a profiler
};

// The session links one module at a time and sets the job for it.
class GraphPasses final : public llvm::orc::ObjectLinkingLayer::Plugin {
 public:
  void set_job(LinkJob* job) { job_ = job; }

  void modifyPassConfig(llvm::orc::MaterializationResponsibility& responsibility, llvm::jitlink::LinkGraph& graph,
                        llvm::jitlink::PassConfiguration& config) override;
  llvm::Error notifyFailed(llvm::orc::MaterializationResponsibility&) override { return llvm::Error::success(); }
  llvm::Error notifyRemovingResources(llvm::orc::JITDylib&, llvm::orc::ResourceKey) override {
    return llvm::Error::success();
  }
  void notifyTransferringResources(llvm::orc::JITDylib&, llvm::orc::ResourceKey, llvm::orc::ResourceKey) override {}

 private:
  LinkJob* job_ = nullptr;
};

}  // namespace dijitso::orc
