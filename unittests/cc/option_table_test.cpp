#include "cc/option_table.h"

#include <catch2/catch.hpp>
#include <set>

using namespace dijitso::cc;

TEST_CASE("no option is twice in the table, and those that are left out or refused have a reason") {
  std::set<std::string_view> names;
  for (const Option& option : option_table()) {
    INFO(option.name);
    CHECK(names.insert(option.name).second);
    if (option.use == Use::refused || option.use == Use::ignored) CHECK_FALSE(option.help.empty());
  }
}

TEST_CASE("the longest name counts") {
  const auto name = [](std::string_view word) { return find_option(word) ? find_option(word)->name : "none"; };
  CHECK(name("-I") == "-I");
  CHECK(name("-Iinclude") == "-I");
  CHECK(name("-isystem") == "-isystem");
  CHECK(name("-isystem-after") == "-isystem-after");
  CHECK(name("-undef") == "-undef");
  CHECK(name("-MD") == "-MD");
  CHECK(name("-MDx") == "none");
  CHECK(name("-shared") == "-shared");
  CHECK(name("-shared-other") == "none");
  CHECK(name("-fuse-ld=lld") == "-fuse-ld=lld");
  CHECK(name("-fuse-ld=mold") == "-fuse-ld=");
  CHECK(name("-O2") == "none");
  CHECK(name("a.c") == "none");
  CHECK(name("-") == "none");
}
