#include "cmdline/core/options.h"

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::cmdline;

namespace {

void declare(Parser& parser) {
  parser.add_argument({.names = {"-n", "--name"}, .dest = "name", .help = "Who", .required = true});
  parser.add_argument({.names = {"--colour"}, .dest = "colour", .default_value = "blue"});
  parser.add_argument({.names = {"--key"}, .dest = "key"});
  parser.add_argument(categories_argument("inc,src"));
  parser.add_argument(signature_argument("The module"));
  parser.add_argument(json_argument());
}

Options with(Args args) {
  args.emplace("name", "somebody");
  return {declare, args};
}

}  // namespace

TEST_CASE("what is not given has its default", "[cmdline]") {
  for (const Args& args : {Args{}, Args{{"colour", {}}, {"json", {}}, {"signature", {}}, {"categories", {}}}}) {
    const Options options = with(args);
    CHECK(options.text("name") == "somebody");
    CHECK(options.text("colour") == "blue");
    CHECK_FALSE(options.text("key"));
    CHECK_FALSE(options.flag("json"));
    CHECK_FALSE(options.flag("dry_run"));
    CHECK_FALSE(options.signature());
    CHECK(options.categories() == cache::Categories{"inc", "src"});
  }
}

TEST_CASE("what is given is used", "[cmdline]") {
  const Options options = with({{"key", ""}, {"json", true}, {"signature", "m"}, {"dry_run", "yes"}});
  CHECK(options.text("key") == "");
  CHECK(options.flag("json"));
  CHECK(options.flag("dry_run"));
  CHECK(options.signature() == "m");
  CHECK_FALSE(with({{"signature", ""}}).signature());
  CHECK_FALSE(with({{"dry_run", "off"}}).flag("dry_run"));
  // The common arguments belong to every command.
  CHECK_FALSE(with({{"cache_dir", "x"}, {"verbose", "INFO"}}).flag("dry_run"));
}

TEST_CASE("what cannot be used is named", "[cmdline]") {
  CHECK_THROWS_WITH(Options(declare, {}), "--name is required: Who");
  CHECK_THROWS_WITH(Options(declare, {{"name", ""}}), "--name is empty: Who");
  CHECK_THROWS_WITH(with({{"color", "red"}}), "there is no argument 'color'; the nearest is 'colour'");
  CHECK_THROWS_WITH(with({{"colour", 1}}), "--colour: a text is expected");
  CHECK_THROWS_WITH(with({{"json", "maybe"}}), Catch::StartsWith("--json: ") && Catch::Contains("'maybe'"));
  CHECK_THROWS_WITH(with({{"signature", "../m"}}).signature(), Catch::StartsWith("--signature: "));
  CHECK_THROWS_WITH(with({{"categories", "x"}}).categories(),
                    "--categories: there is no category 'x'; use inc, src, "
                    "lib, log, obj, pch or all");
  CHECK_THROWS_AS(with({{"categories", "x"}}).categories(), UsageError);
}

TEST_CASE("only text is searched", "[cmdline]") {
  CHECK(with({{"categories", "all"}}).text_categories() == cache::Categories{"inc", "src", "log"});
  CHECK(with({{"categories", "log"}}).text_categories() == cache::Categories{"log"});
  for (const char* binary : {"lib", "inc,obj"})
    CHECK_THROWS_WITH(with({{"categories", binary}}).text_categories(), Catch::Contains("are no text"));
}
