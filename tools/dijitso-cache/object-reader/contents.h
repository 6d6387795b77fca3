// Lists the sections and symbols of an object file.
#pragma once

#include "names.h"

#include <llvm/Object/ELFObjectFile.h>
#include <llvm/Support/Error.h>
#include <llvm/Support/JSON.h>

#include <cstdint>
#include <optional>

namespace dijitso::object_reader {

using Object = llvm::object::ELFObjectFileBase;

// Converts a text to JSON; bytes that are not UTF-8 become U+FFFD.
llvm::json::Value as_json(llvm::StringRef text);

// Returns the index of the section to which the relocations in `section` apply; nullopt when it contains none. Also
// checks that they are within the file, because LLVM iterates over relocations without doing so.
llvm::Expected<std::optional<std::uint64_t>> relocated_section(const Object& object,
                                                               const llvm::object::SectionRef& section);

llvm::Expected<llvm::json::Array> sections_of(const Object& object);

// The wanted symbols, in the order of the symbol table.
llvm::Expected<llvm::json::Array> symbols_of(const Object& object, const Wanted& wanted);

}  // namespace dijitso::object_reader
