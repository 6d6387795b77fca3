// Parses linker scripts that replace a shared library, such as glibc's libm.so: GROUP ( libm.so.6 AS_NEEDED (
// libmvec.so.1 ) ). Pure. Tested in unittests/orc/linker_script_test.cpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dijitso::orc {

struct ScriptEntry {
  std::string name;  // a file, or -lname
  bool as_needed = false;
};

// The names in a script's INPUT and GROUP commands, in order; other commands are ignored.
std::vector<ScriptEntry> parse_linker_script(std::string_view text);

}  // namespace dijitso::orc
