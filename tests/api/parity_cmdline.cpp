// The functions of the module `cmdline`. What the commands print in every case is tested in tests/cli.
#include "parity.h"

#include <dijitso/cmdline.h>
#include <dijitso/version.h>

#include <sstream>

namespace dijitso::testing {
namespace {

using namespace dijitso::cmdline;

using Declare = void (*)(Parser&);
using Run = int (*)(const Args&, const ParamsDict&, std::ostream&);

// The documented options of a command, and no others but --json.
Call declares(Declare declare, std::vector<std::string> documented) {
  return [=] {
    Parser parser;
    declare(parser);
    std::vector<std::string> names;
    for (const Argument& argument : parser.arguments()) names.push_back(argument.names.back());
    std::vector<std::string> expected = documented;
    expected.push_back("--json");
    return names == expected;
  };
}

Call prints(const Built& built, Run run, Args args, std::string expected) {
  return [=, &built] {
    const ParamsDict params = {{"cache", {{"cache_dir", Value(built.cache.string())}}}};
    std::ostringstream out;
    return run(args, params, out) == 0 && out.str().find(expected) != std::string::npos;
  };
}

// Makes ./jitcheckout-m: in a directory of its own.
Call checks_out(const Built& built) {
  const Call checkout = prints(built, cmd_checkout, {{"signature", "m"}}, "Extracted files to './jitcheckout-m'.\n");
  return [=, &built] {
    const fs::path before = fs::current_path();
    fs::current_path(built.scratch.path());
    const bool done = checkout();
    fs::current_path(before);
    return done && read_text(built.scratch / "jitcheckout-m/m.h") == "int value();\n";
  };
}

}  // namespace

Calls cmdline_calls(const Built& built) {
  const std::string source = built.cache / "src/m.cpp.gz";
  return {
      {"args_checkout", declares(args_checkout, {"--categories", "--signature"})},
      {"args_clean", declares(args_clean, {"--categories"})},
      {"args_config", declares(args_config, {"--key"})},
      {"args_grep", declares(args_grep, {"--categories", "--pattern", "--regexmode", "--linenumbers", "--countonly",
                                         "--filesonly", "--signature"})},
      {"args_grepfunction", declares(args_grepfunction, {"--categories", "--name", "--signature", "--no-body"})},
      {"args_show", declares(args_show, {"--categories", "--no-summary", "--files", "--signatures", "--count"})},
      {"args_version", declares(args_version, {})},
      {"cmd_checkout", checks_out(built)},
      {"cmd_clean", prints(built, cmd_clean, {{"dry_run", true}}, "rm " + source + "\n")},
      {"cmd_config", prints(built, cmd_config, {{"key", "cache_dir"}}, built.cache.string() + "\n")},
      {"cmd_grep", prints(built, cmd_grep, {{"pattern", "return"}, {"countonly", true}}, source + ": 1\n")},
      {"cmd_grepfunction",
       prints(built, cmd_grepfunction, {{"name", "value"}}, source + ":1\nextern \"C\" int value()")},
      {"cmd_show", prints(built, cmd_show, {{"signatures", true}}, "Modules\n  m\n")},
      {"cmd_version", prints(built, cmd_version, {}, DIJITSO_VERSION_STRING "\n")},
      {"parse_categories", [] { return parse_categories("src,inc") == cache::Categories{"inc", "src"}; }},
  };
}

}  // namespace dijitso::testing
