// Changes the section table of an object so that JITLink links it faster.
//
//  - JITLink reads sections that are not loaded, to leave them out later: debug information, and the groups of inline
//    functions and templates. They are removed from the table.
//  - JITLink makes a section of its graph for each name, with hash tables that every pass walks. Compilers give each
//    inline function and template a section with a name of its own, and another for its relocations. Sections that no
//    name distinguishes get one name.
//  - JITLink splits the unwind tables into one part for each function, to leave out those of functions that are left
//    out. Under another name it keeps them whole, with all functions.
// So links take a fifth of the time. Tested in unittests/orc/linker_work_test.cpp.
#pragma once

#include "orc/object.h"

#include <llvm/Object/ELF.h>
#include <llvm/Support/Error.h>

namespace dijitso::orc {

// The section .eh_frame under its new name.
inline constexpr const char* frames_section = "eh_frame";

// Changes the section table of `file`, whose bytes must be writable. Sections that are loaded also get addresses, which
// differ and keep their order. Records in `object` whether there is debug information.
llvm::Error prepare_sections(const llvm::object::ELFFile<llvm::object::ELF64LE>& file, Object& object);

}  // namespace dijitso::orc
