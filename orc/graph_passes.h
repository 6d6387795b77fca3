// The passes over a module's graph while JITLink links it: they bind symbols to their imports, place thread-local
// variables, and record the constructors and destructors.
//
// These passes replace an ORC platform. Binding symbols here, instead of by the link order of JITDylibs, costs the same
// at any depth of dependencies and reports exactly which symbols are missing. They also collect data for debuggers and
// profilers. Tested in unittests/orc/symbols_test.cpp and lifetime_test.cpp.
#pragma once

#include "orc/code.h"
#include "orc/imports.h"
#include "orc/object.h"
#include "orc/perf_map.h"

#include <llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h>

#include <string>
#include <vector>

namespace dijitso::orc {

// The quick code that the linked code replaces.
struct Replaced {
  Code& quick;
  const std::vector<std::string>& shared_symbols;
};

// One link: its input and its results.
struct LinkJob {
  const Imports& imports;
  Code& code;
  const Object& object;  // the object to link
  bool names_functions;  // whether `functions` are wanted
  const Replaced* replaced = nullptr;
  std::vector<std::string> missing = {};       // undefined symbols that nothing defines, by linker name
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
