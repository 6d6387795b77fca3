// The linker and the compiler are separate libraries, opened when first needed. So a program that finds everything in
// memory loads neither, and one that finds everything in the cache does not load the compiler.
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

// Whether libdijitso-compiler is installed. A machine that only runs modules compiled elsewhere does not need it.
bool has_compiler();

// The compiler of this process. CacheError when libdijitso-compiler cannot be opened, naming the module that needs it.
compilation::Compiler& compiler_for(const std::string& signature);

// The same, for callers that pack or precompile headers.
compilation::Compiler& compiler_for_headers();

// The same, and lld, for compiler commands.
compilation::Compiler& compiler_for_command();
exporter::SharedLinker& linker_for_command();

// The linker of shared libraries, which is in libdijitso-compiler too. CacheError as for compiler_for().
exporter::SharedLinker& shared_linker_for(const std::string& signature);

}  // namespace dijitso
