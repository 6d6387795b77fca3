// Compiles preludes once, for all modules that begin with them.
#pragma once

#include "compile/compiler.h"
#include "compile/driver/invocation.h"
#include "compile/pch/messages.h"

#include <optional>
#include <string>
#include <vector>

namespace dijitso::compilation {

// How a module may use precompiled headers.
struct Use {
  const Prelude* prelude;          // which they replace; of the plan
  std::string name, text;          // of the file of the prelude
  std::vector<NamedInput> inputs;  // of a command: the headers in the order in which they were read
  std::vector<Message> messages;   // messages about the headers, as if the module had included them
};

// Returns the files of a command as they would be without precompiled headers. `inputs` are those that Clang reports.
std::vector<NamedInput> inputs_with(const Use& use, const CompileRequest& request,
                                    const std::vector<NamedInput>& inputs);

// Returns nullopt when the plan does not allow to use them, or their messages cannot be read.
std::optional<Use> use_of(const Precompiled& precompiled, const CompileRequest& request);

// Implements Compiler::precompile. Call it on a large stack.
Precompiled compile_prelude(const CompileRequest& request, const Translation& translation, const std::string& prelude,
                            const PrecompileLimits& limits);

// Makes a run of Clang start from the precompiled headers, which must outlive it.
void use_precompiled(const CompileRequest& request, clang::CompilerInvocation& invocation, Files& files,
                     const Precompiled& precompiled, const Use& use);

// Returns the messages of a compile as they would be without precompiled headers.
std::vector<Message> messages_with(const Use& use, std::vector<Message> of_module);

// Whether a message contains the internal path of the precompiled headers, which users do not know.
bool names_prelude(const std::string& diagnostics);

}  // namespace dijitso::compilation
