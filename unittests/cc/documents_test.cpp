#include "cc/documents.h"

#include "cc/option_table.h"

#include <catch2/catch.hpp>

using namespace dijitso::cc;

TEST_CASE("the help has the options and the variables of the environment") {
  const std::string text = help_text("dijitso-cc");
  for (const char* part :
       {"Usage: dijitso-cc ", "-c ", "-o <value>", "-MMD", "-shared", "DIJITSO_CC_BASE_DIR", "DIJITSO_CC_FALLBACK"})
    CHECK(text.find(part) != text.npos);
  CHECK(text.find("-save-temps") == text.npos);
}

TEST_CASE("the manual page has every option that has a help, also those that are refused") {
  const std::string text = manual_page();
  for (const Option& option : option_table()) {
    if (option.help.empty()) continue;
    std::string name = "\\fB";
    for (const char c : option.name) name += c == '-' ? std::string("\\-") : std::string(1, c);
    INFO(option.name);
    CHECK(text.find(name + "\\fR") != text.npos);
  }
}
