// The linker and the compiler are libraries of their own, opened when first needed, so that a program that finds
// everything in memory loads neither, and one that finds everything in the cache does not load the compiler.
#pragma once

#include "compile/compiler.h"
#include "export/shared_linker.h"
#include "orc/session.h"

#include <memory>
#include <string>

namespace dijitso {

// A new linker session with the options of the environment. InvalidArgument when these are wrong; CacheError when
// libdijitso-orc cannot be opened.
std::shared_ptr<orc::Session> new_link_session();

// Whether libdijitso-compiler is there. It need not be: a machine may only run what others have compiled.
bool has_compiler();

// The compiler of this process. CacheError when libdijitso-compiler cannot be opened, naming the module that needs it.
compile::Compiler& compiler_for(const std::string& signature);

// The same, to ask it where the headers of the system are.
compile::Compiler& compiler_for_headers();

// The linker of shared libraries of this process, which is in the same library.
exporter::SharedLinker& shared_linker_for(const std::string& signature);

}  // namespace dijitso
