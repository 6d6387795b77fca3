// Where the sections of an object file lie once it is linked, for those who look at the code from outside: a debugger,
// which reads a copy of the file with the addresses filled in, and a profiler, which wants the functions.
//
// A debugger applies the relocations of the debug sections itself, so these are not linked. Nothing of this is done for
// an object without debug information when no profiler is told of it. Tested in unittests/orc/debugger_test.cpp and,
// with gdb and perf, in tests/debug.
#pragma once

#include "orc/perf_map.h"
#include "support/bytes.h"

#include <llvm/ExecutionEngine/JITLink/JITLink.h>

#include <cstddef>
#include <map>
#include <vector>

namespace dijitso::orc {

// Whether the compiler was asked for debug information.
bool has_debug_info(llvm::jitlink::LinkGraph& graph);

class SymbolFile {
 public:
  // `object` is what the graph was made of, and must outlive this.
  explicit SymbolFile(const Bytes& object) : object_(object) {}

  // Called after pruning: blocks are final, and still point into the object.
  llvm::Error find_sections(llvm::jitlink::LinkGraph& graph);

  // Called when addresses are known.
  llvm::Expected<Bytes> copy_with_addresses() const;
  llvm::Expected<std::vector<LinkedFunction>> functions() const;

 private:
  struct Place {
    const llvm::jitlink::Block* block;
    std::size_t offset;  // of the block in its section

    std::uint64_t section_address() const { return block->getAddress().getValue() - offset; }
  };

  const Bytes& object_;
  std::map<std::size_t, Place> places_;  // by the number of the section
};

}  // namespace dijitso::orc
