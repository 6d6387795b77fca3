#include <dijitso/cmdline.h>

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::cmdline;

TEST_CASE("a parser keeps the arguments in order", "[cmdline]") {
  Parser parser;
  parser.add_argument({.names = {"-x", "--example"}, .dest = "example", .default_value = "text"});
  parser.add_argument({.names = {"file"}, .dest = "file", .required = true});
  parser.set_epilog("the end");
  REQUIRE(parser.arguments().size() == 2);
  CHECK(parser.arguments()[0].names == std::vector<std::string>{"-x", "--example"});
  CHECK(parser.arguments()[0].kind == Kind::text);
  CHECK(parser.arguments()[0].default_value == Value("text"));
  CHECK(parser.arguments()[1].required);
  CHECK(parser.arguments()[1].default_value.is_none());
  CHECK(parser.epilog() == "the end");
}

TEST_CASE("a parser refuses arguments without name and those that are there already", "[cmdline]") {
  Parser parser;
  CHECK_THROWS_AS(parser.add_argument({.names = {}, .dest = "example"}), InvalidArgument);
  CHECK_THROWS_AS(parser.add_argument({.names = {"--example"}, .dest = ""}), InvalidArgument);
  parser.add_argument({.names = {"--example"}, .dest = "example"});
  CHECK_THROWS_WITH(parser.add_argument({.names = {"--other"}, .dest = "example"}),
                    "add_argument: there is an argument for 'example' already");
  CHECK(parser.arguments().size() == 1);
}

TEST_CASE("categories are a list of known names", "[cmdline]") {
  CHECK(parse_categories("all") == cache::Categories{"inc", "src", "lib", "log", "obj", "pch"});
  CHECK(parse_categories("log,inc,log") == cache::Categories{"inc", "log"});
  CHECK(parse_categories("src") == cache::Categories{"src"});
  for (const char* wrong : {"", "inc,", ",inc", "inc, src", "INC", "all,inc"})
    CHECK_THROWS_AS(parse_categories(wrong), UsageError);
  CHECK_THROWS_WITH(parse_categories("inc,source"),
                    "there is no category 'source'; use inc, src, lib, log, obj, pch or all");
}
