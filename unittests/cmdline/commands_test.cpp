#include "unittests/support/scratch.h"

#include <dijitso/cmdline.h>

#include <catch2/catch.hpp>

#include <sstream>

using namespace dijitso;
using namespace dijitso::cmdline;
using dijitso::testing::Scratch;

TEST_CASE("every command declares usable arguments beside the common ones", "[cmdline]") {
  for (const Command& command : commands()) {
    INFO(command.name);
    CHECK(&find_command(command.name) == &command);
    CHECK_FALSE(command.summary.empty());
    Parser parser;
    command.add_arguments(parser);
    CHECK_NOTHROW(args_common(parser));
    CHECK_FALSE(parser.epilog().empty());
    for (const Argument& argument : parser.arguments()) {
      INFO(argument.dest);
      CHECK_FALSE(argument.help.empty());
      if (argument.names.back().starts_with('-'))
        CHECK(argument.names.back().starts_with("--"));
      else
        CHECK(argument.names.back() == argument.dest);  // as argparse has it
      CHECK((argument.kind == Kind::flag) == argument.metavar.empty());
    }
  }
}

TEST_CASE("an unknown command is told the nearest and all", "[cmdline]") {
  CHECK_THROWS_AS(find_command("shwo"), UsageError);
  CHECK_THROWS_WITH(find_command("greb"),
                    Catch::StartsWith("there is no command 'greb'; the nearest is 'grep', all are show, grep, "));
  CHECK_THROWS_WITH(find_command("greb"), Catch::EndsWith(", version"));
}

TEST_CASE("the common arguments say the cache directory", "[cmdline]") {
  CHECK(common_params({}).empty());
  CHECK(common_params({{"cache_dir", {}}}).empty());
  CHECK(common_params({{"cache_dir", "/x"}}) == ParamsDict{{"cache", {{"cache_dir", "/x"}}}});
  CHECK_THROWS_AS(common_params({{"cache_dir", ""}}), UsageError);
}

TEST_CASE("printable escapes control characters only", "[cmdline]") {
  CHECK(printable("plain \xc3\xa9 text") == "plain \xc3\xa9 text");
  CHECK(printable(std::string_view("a\0b\n\x1b\x7f", 6)) == "a\\x00b\\x0a\\x1b\\x7f");
}

TEST_CASE("a complete dictionary of parameters keeps the origins", "[cmdline]") {
  ParamsDict params = params::as_dict(validate_params({}));
  params["cache"]["src_dir"] = "elsewhere";
  std::ostringstream given, unchanged;
  CHECK(cmd_config({{"key", "src_dir"}, {"json", true}}, params, given) == 0);
  CHECK_THAT(given.str(), Catch::Contains("\"runtime\"") && Catch::Contains("\"elsewhere\""));
  CHECK(cmd_config({{"key", "inc_dir"}, {"json", true}}, params, unchanged) == 0);
  CHECK_THAT(unchanged.str(), Catch::Contains("\"default\""));
}

TEST_CASE("commands throw what they cannot use", "[cmdline]") {
  const Scratch scratch;
  const ParamsDict params = {{"cache", {{"cache_dir", Value(scratch.path().string())}}}};
  std::ostringstream out;
  for (const Command& command : commands()) {
    INFO(command.name);
    CHECK_THROWS_AS(command.run({{"nonsense", true}}, params, out), UsageError);
  }
  CHECK_THROWS_AS(cmd_checkout({}, params, out), UsageError);
  CHECK_THROWS_AS(cmd_checkout({{"signature", "m"}}, params, out), InvalidArgument);
  CHECK_THROWS_AS(cmd_grepfunction({}, params, out), UsageError);
  CHECK_THROWS_AS(cmd_grep({{"pattern", "("}, {"regexmode", true}}, params, out), InvalidArgument);
  CHECK_THROWS_AS(cmd_show({}, {{"cache", {{"cache_dri", "x"}}}}, out), InvalidArgument);
  CHECK(out.str().empty());
}
