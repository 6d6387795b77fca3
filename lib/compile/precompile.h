// Preludes that are compiled once and used by every module that begins with them.
#pragma once

#include "compile/compiler.h"
#include "compile/invocation.h"
#include "compile/messages.h"

#include <optional>
#include <string>
#include <vector>

namespace dijitso::compile {

// Whether objects of these options can be the same at all with precompiled headers as without.
bool allows_precompiled(const clang::CompilerInvocation& invocation);

// The texts that precompiled headers for this module may be made of, the one that more modules share first.
std::vector<std::string> preludes_of(const CompileRequest& request, const clang::CompilerInvocation& invocation);

// How a module may use precompiled headers.
struct Use {
  std::size_t skipped = 0;          // bytes at the beginning of the source that the precompiled headers stand for
  std::vector<Message> messages;    // what the compiler says of the headers, as if the module had included them
  std::vector<std::string> places;  // from where the module includes them, as in messages.h
};

// nullopt when the object could come out another one than without them.
std::optional<Use> use_of(const Precompiled& precompiled, const CompileRequest& request,
                          const clang::CompilerInvocation& invocation);

Precompiled compile_prelude(const CompileRequest& request, const Translation& translation, const std::string& prelude,
                            const PrecompileLimits& limits);

// Makes a run of Clang begin with the precompiled headers, which must outlive it.
void use_precompiled(clang::CompilerInvocation& invocation, Files& files, const Precompiled& precompiled,
                     const Use& use);

// What the compiler says of the module, as it says it without precompiled headers.
std::vector<Message> messages_with(const Use& use, std::vector<Message> of_module);

// Whether a message tells of the place of the precompiled headers, which nobody but us knows.
bool names_prelude(const std::string& diagnostics);

}  // namespace dijitso::compile
