// Links an object as far as that is possible without addresses, before JITLink reads it.
//
// JITLink does work for each section, symbol and relocation, and most of these concern nobody but the object itself.
// The sections of each group (section_groups.h) become one section. Relocations between places of the object are taken
// out, and applied when JITLink has placed the sections (apply_relocations). Symbols that only they refer to are taken
// out too; those that other modules can see are in a table. So JITLink does the rest: it places some sections, and
// binds what the object imports.
//
// Three kinds of objects are not linked partly, and prepared by prepare_sections.h: those for AArch64, where
// relocations need more than an addition; those with symbols that nothing defines, because it matters what refers to
// them; and those with functions that are chosen when they are loaded. Tested in unittests/orc/partial_link_test.cpp
// and linker_work_test.cpp.
#pragma once

#include "orc/imports.h"
#include "orc/object.h"

#include <llvm/ExecutionEngine/JITLink/JITLink.h>
#include <llvm/Support/Error.h>

#include <vector>

namespace dijitso::orc {

// Whether the object can be linked partly when these symbols are imported.
bool can_link_partly(const Object& object, const Imports& imports);

// Sets object.bytes and object.partial. Returns false, and does nothing, when the object has too many sections, or not
// one table of symbols.
llvm::Expected<bool> link_partly(Object& object);

// Applies the relocations; `blocks` are those of the groups, at their final addresses.
llvm::Error apply_relocations(const PartialLink& partial, const std::vector<llvm::jitlink::Block*>& blocks);

}  // namespace dijitso::orc
