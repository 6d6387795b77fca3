// What the tests of precompiled headers share: costly headers, and modules that begin with them.
#pragma once

#include "tests/support/modules.h"

#include <string>

namespace dijitso::testing {

// A place with a header that is much text, as headers that are worth it are.
struct PchPlace : Place {
  PchPlace() {
    fs::create_directory(scratch / "include");
    params.build.include_dirs = {(scratch / "include").string()};
    std::string text = "#pragma once\n#include <vector>\n";
    while (text.size() < 1'100'000) text += "// This line says nothing, and it is not the only one that does.\n";
    write_text(scratch / "include" / "costly.h", text);
  }
};

// A module that begins with headers and gives a number.
inline Generate with_headers(int number, const std::string& headers = "#include <costly.h>\n") {
  return gives(headers + "extern \"C\" int value() { return std::vector<int>(" + std::to_string(number) +
               ", 1).size(); }\n");
}

// Compiles the module "a" and another one, which makes them.
inline void make_pch(const Place& place) {
  Jit jit;
  jit.jit("a", place.params, with_headers(1));
  jit.jit("second", place.params, with_headers(2));
}

// The number of precompiled headers in the cache. What is there of headers that are not precompiled is small.
inline std::size_t pch_files(const Place& place) {
  std::size_t count = 0;
  for (const std::string& file : files_below(place.cache / "pch"))
    count += fs::file_size(place.cache / "pch" / file) > 100'000;
  return count;
}

}  // namespace dijitso::testing
