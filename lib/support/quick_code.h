// The interface between the compiler's quick code and the linker: where functions can be redirected (docs/design.md,
// "Two tiers"). They share nothing else.
#pragma once

#include <string_view>

namespace dijitso {

// For each exported function `f`, quick code defines a variable with this prefix. The stub `f` jumps to the address in
// that variable.
inline constexpr std::string_view redirect_prefix = "__dijitso_to.";

}  // namespace dijitso
