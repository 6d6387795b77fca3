// Supports the local-dynamic model of thread-local variables on x86-64, which JITLink does not.
//
// Compilers use it for variables that are local to the module, including the guard of every thread_local with an
// initialiser. One call gets the start of the module's image (TLSLD), and offsets in it are added (DTPOFF). Both are
// rewritten as relocations that JITLink supports, with a mark in their addend; the graph passes resolve them (see
// tls_layout.h). Tested in unittests/orc/thread_local_test.cpp.
#pragma once

#include <llvm/Object/ELF.h>

#include <cstdint>

namespace dijitso::orc {

// Added to the addend of a rewritten relocation. No real addend is that large, because relocations here have at most 32
// bits.
inline constexpr std::int64_t local_dynamic_mark = std::int64_t{1} << 40;

inline bool is_marked(std::int64_t addend) { return addend > local_dynamic_mark / 2; }

// Rewrites the relocation, of a section that is loaded or not, if it is one of these. Only on x86-64.
void rewrite_local_dynamic(llvm::object::ELF64LE::Rela& relocation, bool loaded);

}  // namespace dijitso::orc
