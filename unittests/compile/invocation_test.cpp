// A set of flags is parsed once, and each run of Clang has a copy.
#include "compile/driver/invocation.h"

#include "requests.h"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace dijitso;
using namespace dijitso::compilation;
using namespace dijitso::testing;

TEST_CASE("a copy of what was parsed is what would be parsed with the source's own name") {
  for (const bool is_c : {false, true})
    for (const Flags& flags : {Flags{}, Flags{"-O3", "-Wall", "-ffast-math"}, Flags{"-g", "-O1"},
                               Flags{"-Os", "-DA=1", "-include", "cassert"}, Flags{"-frecord-command-line"},
                               Flags{"-pedantic", "-fbracket-depth=300", "-pthread"}}) {
      CompileRequest request = cxx_request("", flags);
      request.is_c = is_c;
      ArgumentTranslator translator;
      const Translation& translation = translator.translate(request);
      std::vector<std::string> arguments = translation.arguments;
      std::ranges::replace(arguments, placeholder_source(is_c), source_name(request));
      const std::string placeholder = placeholder_source(is_c).substr(std::string(module_dir).size() + 1);
      std::ranges::replace(arguments, placeholder, source_name(request).substr(std::string(module_dir).size() + 1));
      const auto copy = invocation_for(translation, source_name(request));
      CHECK(copy->getCC1CommandLine() == make_invocation(arguments)->getCC1CommandLine());
      copy->getLangOpts().BracketDepth = 7;
      CHECK(translation.invocation->getLangOpts().BracketDepth != 7);
    }
}
