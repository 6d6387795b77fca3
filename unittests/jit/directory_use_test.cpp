#include "jit/request/directory_use.h"

#include <catch2/catch.hpp>

using namespace dijitso;

namespace {

using Flags = std::vector<std::string>;

std::optional<Flags> portable(const Flags& flags, const std::string& directory = "/a/one") {
  return flags_for_all_directories(flags, directory);
}

}  // namespace

TEST_CASE("flags that do not concern the directory are kept") {
  for (const Flags& flags : {Flags{}, Flags{"-O2", "-I.", "-I../include", "-DX=1", "-g0", "-I/usr/include/x"}})
    CHECK(portable(flags) == flags);
}

TEST_CASE("debug information is for one directory, unless a flag names another") {
  for (const char* flag : {"-g", "-g1", "-ggdb3", "-gdwarf-5", "-gline-tables-only", "--debug"}) {
    INFO(flag);
    CHECK_FALSE(portable({flag}));
    for (const Flags& words : {Flags{flag, "-fdebug-compilation-dir=."}, Flags{flag, "-ffile-compilation-dir=/x"},
                               Flags{flag, "-fdebug-compilation-dir", "."}})
      CHECK(portable(words) == words);
    CHECK_FALSE(portable({flag, "-fdebug-compilation-dir=/a/one"}));
  }
}

TEST_CASE("a flag with the directory in its value is for this one only") {
  CHECK_FALSE(portable({"-I/a/one/include"}));
  CHECK_FALSE(portable({"-I", "/a/one"}));
  CHECK_FALSE(portable({"-DDIR=\"/a/one\""}));
  CHECK_FALSE(portable({"-fdiagnostics-absolute-paths"}));
  CHECK(portable({"-I/a/other"}));
}

TEST_CASE("replaced beginnings of paths are the same when the rest of the directory is") {
  for (const std::string name : {"-ffile-prefix-map=", "-fdebug-prefix-map="}) {
    INFO(name);
    const auto one = portable({"-g", name + "/a/one=."}, "/a/one/src");
    REQUIRE(one);
    CHECK(one == portable({"-g", name + "/b/two=."}, "/b/two/src"));
    CHECK(one != portable({"-g", name + "/b=."}, "/b/two/src"));
    CHECK(one != portable({"-g", name + "/a/one=x"}, "/a/one/src"));
    CHECK_FALSE(portable({"-g", name + "/a/two=."}));
    CHECK_FALSE(portable({"-g", name + "/a/o=."}));
    CHECK_FALSE(portable({"-g", name + "nonsense"}));
  }
  CHECK_FALSE(portable({"-g", "-fmacro-prefix-map=/a/one=."}));
  CHECK(portable({"-fmacro-prefix-map=/a/one=."}) == portable({"-fmacro-prefix-map=/b/two=."}, "/b/two"));
  const Flags flags = {"-O2", "-ffile-prefix-map=/a=x", "-fmacro-prefix-map=/b=y"};
  CHECK(mapped_directories(flags) == std::vector<std::string_view>{"/a", "/b"});
}
