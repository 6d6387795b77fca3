// Assembles a file, as clang -cc1as does.
#pragma once

#include <string>
#include <vector>

namespace dijitso::compilation {

// Takes the arguments after -cc1as. Writes the object that they name, whole or not at all, and messages to standard
// error. False when there were errors. Throws InvalidArgument for arguments that are not supported.
bool assemble(const std::vector<std::string>& arguments);

}  // namespace dijitso::compilation
