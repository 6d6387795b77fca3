// Declarations that make code though they have no body, and of which precompiled headers tell the code generator
// nothing.
#pragma once

#include <clang/AST/Decl.h>

#include <string>

namespace dijitso::compile {

// What precompiled headers with these declarations would lose, in words that follow "they have"; empty when nothing.
std::string lost_declaration(const clang::TranslationUnitDecl& unit);

}  // namespace dijitso::compile
