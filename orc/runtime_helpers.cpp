// Tested in unittests/orc/runtime_symbols_test.cpp.
#include "orc/runtime_helpers.h"

#include "support/fork.h"

#include <cstdint>
#include <unordered_map>

// Declared with assembler names, because the compiler has built-in declarations of some of these functions.
#define HELPER(name) extern "C" const std::uint8_t dijitso_helper_##name[] __asm__(#name);
#define DATA(name, size) extern "C" const std::uint8_t dijitso_helper_##name[size] __asm__(#name);
#include "runtime_helpers.inc"
#undef HELPER
#undef DATA

namespace dijitso::orc {

void* runtime_helper(std::string_view name) {
  using Functions = std::unordered_map<std::string_view, const void*>;
  static constinit forking::Once<const Functions> once;
  const Functions& functions = once.get([] {
    return Functions{
#define HELPER(name) {#name, dijitso_helper_##name},
#define DATA(name, size)
#include "runtime_helpers.inc"
#undef HELPER
#undef DATA
    };
  });
  const auto found = functions.find(name);
  return found == functions.end() ? nullptr : const_cast<void*>(found->second);
}

ByteView runtime_data(std::string_view name) {
#define HELPER(name)
#define DATA(data, size) \
  if (name == #data) return dijitso_helper_##data;
#include "runtime_helpers.inc"
#undef HELPER
#undef DATA
  return {};
}

}  // namespace dijitso::orc
