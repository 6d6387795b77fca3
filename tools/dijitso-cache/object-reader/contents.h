// Sections and symbols of an object file.
#pragma once

#include "names.h"

#include <llvm/Object/ELFObjectFile.h>
#include <llvm/Support/Error.h>
#include <llvm/Support/JSON.h>

#include <cstdint>
#include <optional>

namespace dijitso::object_reader {

using Object = llvm::object::ELFObjectFileBase;

// A value of a JSON document; what is not UTF-8 in it becomes U+FFFD.
llvm::json::Value as_json(llvm::StringRef text);

// The section that the relocations in this one change; nullopt when it has none. LLVM walks along relocations without
// looking at the end of the file, so that is done here.
llvm::Expected<std::optional<std::uint64_t>> relocated_section(const Object& object,
                                                               const llvm::object::SectionRef& section);

llvm::Expected<llvm::json::Array> sections_of(const Object& object);

// Those that are wanted, in the order of the symbol table.
llvm::Expected<llvm::json::Array> symbols_of(const Object& object, const Wanted& wanted);

}  // namespace dijitso::object_reader
