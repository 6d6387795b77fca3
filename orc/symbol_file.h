// The addresses of an object file's sections after linking, for debuggers and profilers. A debugger reads a copy of the
// file with the addresses filled in; a profiler reads the functions.
//
// A debugger applies the relocations of the debug sections itself, so these sections are not linked. All of this is
// skipped for an object without debug information when no profiler is used. Tested in unittests/orc/debugger_test.cpp
// and, with gdb and perf, in tests/debug.
#pragma once

#include "orc/object.h"
#include "orc/perf_map.h"
#include "support/bytes.h"

#include <llvm/ExecutionEngine/JITLink/JITLink.h>

#include <cstddef>
#include <map>
#include <vector>

namespace dijitso::orc {

class SymbolFile {
 public:
  // `object` is the one from which the graph was made; it must outlive this object.
  explicit SymbolFile(const Object& object) : object_(object) {}

  // Call it after pruning: blocks are final then, and not yet placed.
  void find_sections(llvm::jitlink::LinkGraph& graph);

  // Call these when addresses are known.
  llvm::Expected<Bytes> copy_with_addresses() const;
  llvm::Expected<std::vector<LinkedFunction>> functions() const;

 private:
  struct Place {
    const llvm::jitlink::Block* block;
    std::uint64_t offset;  // of the section in its block

    std::uint64_t section_address() const { return block->getAddress().getValue() + offset; }
  };

  const Object& object_;
  std::map<std::size_t, Place> places_;  // by the number of the section
};

}  // namespace dijitso::orc
