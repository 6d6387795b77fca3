#include "cc/dependency_rule.h"

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::cc;

TEST_CASE("a rule has the target, the source and the headers") {
  const std::vector<compilation::NamedInput> inputs = {
      {"a.c", false}, {"././/a.h", false}, {"/usr/include/stdio.h", true}, {"/dijitso-headers/c/x.h", true}};
  RuleOptions options;
  CHECK(dependency_rule(options, "a.o", inputs) == "a.o: a.c a.h\n");
  options.has_system_headers = true;
  CHECK(dependency_rule(options, "a.o", inputs) == "a.o: a.c a.h /usr/include/stdio.h\n");
  options.has_system_headers = false;
  options.has_phony_targets = true;
  options.targets = {"x", "y"};
  CHECK(dependency_rule(options, "a.o", inputs) == "x y: a.c a.h\na.h:\n");
}

TEST_CASE("long rules have several lines") {
  const std::string name(40, 'h');
  RuleOptions options;
  CHECK(dependency_rule(options, "a.o", {{name, false}, {name, false}}) == "a.o: " + name + " \\\n  " + name + "\n");
  options.targets = {name, name};
  CHECK(dependency_rule(options, "a.o", {}) == name + " \\\n  " + name + ":\n");
}

TEST_CASE("characters that are special to make are quoted") {
  CHECK(quoted_for_make("a b$c#d") == "a\\ b$$c\\#d");
  CHECK(quoted_for_make("a\\ b") == "a\\\\\\ b");
  CHECK(dependency_rule({}, "a b.o", {{"c $#.h", false}}) == "a\\ b.o: c\\ $$\\#.h\n");
}
