// Which driver flags a compile inside this process cannot honour.
#pragma once

#include <llvm/Option/Arg.h>

#include <string_view>

namespace dijitso::compile {

// Why the flag is refused, to complete "compiler flag ... is refused: "; empty when it is not.
std::string_view reason_to_refuse(const llvm::opt::Arg& arg);

// The same for a flag as it was written, before it is parsed.
std::string_view reason_to_refuse(std::string_view flag);

}  // namespace dijitso::compile
