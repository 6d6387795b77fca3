// Disassembles functions, with the symbols to which the instructions refer and, if there is debug information, their
// source lines.
#pragma once

#include "contents.h"

namespace dijitso::object_reader {

// Disassembles the wanted functions, section by section in the order of their addresses. Returns an error when LLVM has
// no disassembler for the object's processor.
llvm::Expected<llvm::json::Array> disassemble(const Object& object, const Wanted& wanted);

}  // namespace dijitso::object_reader
