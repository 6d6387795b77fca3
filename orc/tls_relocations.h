// The local-dynamic model of thread-local variables on x86-64, which JITLink does not know.
//
// Compilers use it for variables that only the module itself sees, the guard of every thread_local with an initialiser
// among them: one call asks for the start of the module's image (TLSLD), then offsets in it are added (DTPOFF). Both
// become relocations that JITLink reads, marked in their addend, which the graph passes then resolve (see
// tls_layout.h). Tested in unittests/orc/thread_local_test.cpp.
#pragma once

#include "support/bytes.h"

#include <llvm/Object/ELFObjectFile.h>
#include <llvm/Support/Error.h>

#include <cstdint>
#include <optional>

namespace dijitso::orc {

// Added to the addend of a rewritten relocation. No real addend is near: relocations are at most 32 bits wide here.
inline constexpr std::int64_t local_dynamic_mark = std::int64_t{1} << 40;

inline bool is_marked(std::int64_t addend) { return addend > local_dynamic_mark / 2; }

// The object with these relocations rewritten, or nullopt when it has none.
llvm::Expected<std::optional<Bytes>> rewrite_local_dynamic(const llvm::object::ELFObjectFileBase& file, ByteView bytes);

}  // namespace dijitso::orc
