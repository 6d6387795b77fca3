// Linker scripts that stand in for a shared library, such as libm.so of glibc: GROUP ( libm.so.6 AS_NEEDED (
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

// What the INPUT and GROUP commands of a script name, in order; other commands are ignored.
std::vector<ScriptEntry> parse_linker_script(std::string_view text);

}  // namespace dijitso::orc
