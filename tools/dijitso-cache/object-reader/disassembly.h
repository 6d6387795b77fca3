// The instructions of functions, with the symbols that they refer to and, when there is debug information, the lines of
// the source that they come from.
#pragma once

#include "contents.h"

namespace dijitso::object_reader {

// Those of the functions that are wanted, section by section in the order of their addresses. An error when LLVM cannot
// disassemble for the processor of the object.
llvm::Expected<llvm::json::Array> disassemble(const Object& object, const Wanted& wanted);

}  // namespace dijitso::object_reader
