// The directories that the compiler searches without being told: those of the machine, or those of packs in their
// place.
#pragma once

#include "compile/arguments.h"
#include "compile/compiler.h"

#include <llvm/Option/ArgList.h>

#include <string>
#include <vector>

namespace dijitso::compile {

// What Clang's driver finds on this machine. Those that do not exist are left out.
std::vector<SystemDirectory> system_directories(ArgumentTranslator& translator, bool libcxx);

// Whether packs have the headers of the system. Then the machine's own are not used, and need not be there.
bool has_system_headers(const HeaderPacks& packs);

// Lets arguments that the driver made of `flags`, -nostdinc among them, name the directories of the packs, as it would
// the machine's own. InvalidArgument for flags that ask for others.
void use_packed_system_headers(const llvm::opt::ArgList& flags, const CompileRequest& request,
                               std::vector<std::string>& arguments);

}  // namespace dijitso::compile
