// The directories that the compiler searches although no flag names them: those of the machine, or those of packs
// instead.
#pragma once

#include "compile/compiler.h"
#include "compile/driver/arguments.h"

#include <llvm/Option/ArgList.h>

#include <string>
#include <vector>

namespace dijitso::compilation {

// The directories that Clang's driver finds on this machine. Those that do not exist are left out.
std::vector<SystemDirectory> system_directories(ArgumentTranslator& translator, bool libcxx);

// Whether packs contain the system headers. Then those of the machine are not used and need not exist.
bool has_system_headers(const HeaderPacks& packs);

// Adds the directories of the packs to the arguments that the driver made from `flags` and -nostdinc, as the driver
// would add those of the machine. Throws InvalidArgument for flags that ask for other system headers.
void use_packed_system_headers(const llvm::opt::ArgList& flags, const CompileRequest& request,
                               std::vector<std::string>& arguments);

}  // namespace dijitso::compilation
