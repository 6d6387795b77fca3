// Carries out compiler commands that the cache has no part in: preprocessing, assembly, questions, and what precedes a
// link. For a process that is a compiler command: it prints, and writes the files that the command names.
#pragma once

#include "compile/compiler.h"

namespace dijitso::compilation {

// Implement Compiler::plan_command and run_job. Call them on a large stack.
CommandPlan plan_command(const CommandRequest& request);
bool run_job(const CommandJob& job, const CommandRequest& request);

}  // namespace dijitso::compilation
