// Compiles preludes once, for all modules that begin with them.
#pragma once

#include "compile/compiler.h"
#include "compile/driver/invocation.h"
#include "compile/pch/messages.h"

#include <optional>
#include <string>
#include <vector>

namespace dijitso::compile {

// Whether these options allow that objects are the same with precompiled headers as without.
bool allows_precompiled(const clang::CompilerInvocation& invocation);

// The texts from which headers for this module may be precompiled. The text that more modules share comes first.
std::vector<std::string> preludes_of(const CompileRequest& request, const clang::CompilerInvocation& invocation);

// How a module may use precompiled headers.
struct Use {
  std::size_t skipped = 0;          // bytes at the beginning of the source that the precompiled headers replace
  std::vector<Message> messages;    // messages about the headers, as if the module had included them
  std::vector<std::string> places;  // where the module includes them, as in messages.h
};

// Returns nullopt when the object could differ from that without precompiled headers.
std::optional<Use> use_of(const Precompiled& precompiled, const CompileRequest& request,
                          const clang::CompilerInvocation& invocation);

Precompiled compile_prelude(const CompileRequest& request, const Translation& translation, const std::string& prelude,
                            const PrecompileLimits& limits);

// Makes a run of Clang start from the precompiled headers, which must outlive it.
void use_precompiled(clang::CompilerInvocation& invocation, Files& files, const Precompiled& precompiled,
                     const Use& use);

// Returns the messages of a compile as they would be without precompiled headers.
std::vector<Message> messages_with(const Use& use, std::vector<Message> of_module);

// Whether a message contains the internal path of the precompiled headers, which users do not know.
bool names_prelude(const std::string& diagnostics);

}  // namespace dijitso::compile
