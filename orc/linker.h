// Hides JITLink behind one function that turns an object into mapped code.
//
// ORC, LLVM's layer above JITLink, is not used: it keeps a table of every symbol and of what each depends on, for which
// its work grows with the cube of their number, and nothing here asks it for a symbol (docs/design.md, 9). All work is
// done on the calling thread, and no code of a module or host library runs meanwhile. Thread-safety: links share no
// state, so any threads may link at once. Tested in unittests/orc/session_test.cpp and linker_work_test.cpp.
#pragma once

#include "orc/graph_passes.h"

#include <string>

namespace dijitso::orc {

// Maps the object of the job and fills in the job. Returns false when symbols are missing, which the job names. Throws
// LinkFailed, whose text begins with `what`, for other failures, and std::bad_alloc. After a failure job.code may hold
// memory, which it frees when it is destroyed. `name` appears in JITLink's messages.
[[nodiscard]] bool map_code(LinkJob& job, const std::string& name, const std::string& what);

}  // namespace dijitso::orc
