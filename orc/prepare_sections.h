// Prepares an object so that JITLink can link it, and links it faster.
//
//  - What JITLink does not support is replaced: the local-dynamic model of thread-local variables (tls_relocations.h),
//    ifuncs and absolute symbols (special_symbols.h).
//  - JITLink reads sections that are not loaded, to leave them out later: debug information, and the groups of inline
//    functions and templates. They are removed from the table.
//  - JITLink makes a section of its graph for each name, with hash tables that every pass walks. Sections of one group
//    (section_groups.h) get one name.
//
// Most objects need not take this way: partial_link.h does more. Tested in unittests/orc/linker_work_test.cpp.
#pragma once

#include "orc/object.h"

#include <llvm/Support/Error.h>

namespace dijitso::orc {

// Sets object.bytes to a prepared copy of the whole object, with everything at the same places. Sections that are
// loaded also get the addresses of object.groups.
llvm::Error prepare_whole(Object& object);

// Replaces what JITLink does not support in the bytes of `file`, which must be writable.
llvm::Error replace_unsupported(const ElfFile& file);

}  // namespace dijitso::orc
