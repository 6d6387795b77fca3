// How the compiler's quick code tells the linker where its functions can be redirected (docs/design.md, "Two tiers").
// The two share nothing else.
#pragma once

#include <string_view>

namespace dijitso {

// Quick code defines a variable with this prefix for each function `f` that others may call: `f` jumps to the address
// that the variable holds.
inline constexpr std::string_view redirect_prefix = "__dijitso_to.";

}  // namespace dijitso
