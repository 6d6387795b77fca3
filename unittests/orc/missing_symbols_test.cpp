#include "orc/missing_symbols.h"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using dijitso::orc::missing_symbols;
using dijitso::orc::MissingSymbol;

namespace {

std::string text(const std::vector<MissingSymbol>& symbols, const std::vector<std::string>& dependencies,
                 const std::vector<std::string>& libs) {
  return missing_symbols("A", symbols, dependencies, libs).what();
}

}  // namespace

TEST_CASE("the message names the places that were searched") {
  const std::vector<MissingSymbol> f{{"f(int)", std::nullopt}};
  CHECK(text(f, {}, {}) ==
        "module 'A' needs 'f(int)', which the process does not define, and it names no dependencies and no libraries");
  CHECK(text(f, {"B", "C"}, {}) ==
        "module 'A' needs 'f(int)', which none of its dependencies (B, C) or the process defines");
  CHECK(text(f, {}, {"m"}) == "module 'A' needs 'f(int)', which none of its libraries (m) or the process defines");
  CHECK(text(f, {"B"}, {"m", "z"}) ==
        "module 'A' needs 'f(int)', which none of its dependencies (B), its libraries (m, z) or the process defines");
}

TEST_CASE("the message names who might have provided a symbol") {
  CHECK(text({{"f(int)", "D"}}, {"B"}, {}) ==
        "module 'A' needs 'f(int)', which none of its dependencies (B) or the process defines; 'D' does: name it as a "
        "dependency");
  CHECK(text({{"f(int)", std::nullopt}, {"g()", "D"}}, {"B"}, {}) ==
        "module 'A' needs 'f(int)' and 'g()', which none of its dependencies (B) or the process defines; "
        "'D' defines 'g()': name it as a dependency");
}

TEST_CASE("many symbols are counted in the message and all kept") {
  std::vector<MissingSymbol> symbols;
  for (int i = 0; i < 13; ++i) symbols.push_back({"f" + std::to_string(i), std::nullopt});
  const auto error = missing_symbols("A", symbols, {}, {});
  CHECK(std::string(error.what()).find("'f0', 'f1', ") != std::string::npos);
  CHECK(std::string(error.what()).find("'f9' and 3 more, which") != std::string::npos);
  CHECK(error.missing_symbols().size() == 13);
}
