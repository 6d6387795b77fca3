// The graph passes for thread-local variables: they place a module's variables in its image and resolve references to
// them.
//
// After JITLink's own passes, there is a pair of words for each variable that code accesses with __tls_get_addr
// ($__TLSINFO, see TlsVariable). The passes write these words, and write the offsets of the local-dynamic model into
// the code. Tested in unittests/orc/thread_local_test.cpp.
#pragma once

#include "orc/imports.h"
#include "orc/tls.h"

#include <llvm/ADT/DenseMap.h>
#include <llvm/ExecutionEngine/JITLink/JITLink.h>
#include <llvm/Support/Error.h>

#include <cstddef>

namespace dijitso::orc {

class TlsLayout {
 public:
  TlsLayout(TlsImage& image, const Imports& imports) : image_(image), imports_(imports) {}

  // Call it before pruning: it gives references to the start of the image a symbol of their own.
  llvm::Error prepare(llvm::jitlink::LinkGraph& graph);

  // Call it after pruning, when the tables exist: it assigns offsets, and writes words and offsets.
  llvm::Error place(llvm::jitlink::LinkGraph& graph);

  // Call it when addresses are known: it records the initial content.
  void record_content();

  bool contains(const llvm::jitlink::Block& block) const { return offsets_.contains(&block); }
  std::size_t offset(const llvm::jitlink::Symbol& symbol) const;

 private:
  void write_pair(llvm::jitlink::LinkGraph& graph, llvm::jitlink::Block& pair);
  void write_offsets(llvm::jitlink::LinkGraph& graph, llvm::jitlink::Block& block);

  TlsImage& image_;
  const Imports& imports_;
  llvm::jitlink::Symbol* image_start_ = nullptr;
  llvm::DenseMap<const llvm::jitlink::Block*, std::size_t> offsets_;
};

}  // namespace dijitso::orc
