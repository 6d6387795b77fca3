// Finds declarations that make code although they have no body, and that precompiled headers do not pass to the code
// generator.
#pragma once

#include <clang/AST/Decl.h>

#include <string>

namespace dijitso::compilation {

// Describes a declaration that precompiled headers would lose, in words that follow "they have"; empty when there is
// none.
std::string lost_declaration(const clang::TranslationUnitDecl& unit);

}  // namespace dijitso::compilation
