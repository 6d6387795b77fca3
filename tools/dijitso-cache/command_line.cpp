// Tested through the real tool in tests/cli.
#include "command_line.h"

#include <dijitso/version.h>

#include <CLI/CLI.hpp>

#include <vector>

namespace dijitso::tool {
namespace {

std::string joined(const std::vector<std::string>& names) {
  std::string result;
  for (const std::string& name : names) result += (result.empty() ? "" : ",") + name;
  return result;
}

// `args` gets only the arguments that are on the command line.
void add_argument(CLI::App& app, const cmdline::Argument& argument, cmdline::Args& args) {
  const std::string names = joined(argument.names);
  const std::string dest = argument.dest;
  if (argument.kind == cmdline::Kind::flag) {
    app.add_flag_callback(names, [&args, dest] { args[dest] = true; }, argument.help);
    return;
  }
  if (argument.kind == cmdline::Kind::list) {
    app.add_option_function<std::vector<std::string>>(
           names, [&args, dest](const std::vector<std::string>& texts) { args[dest] = texts; }, argument.help)
        ->type_name(argument.metavar)
        ->required(argument.required)
        ->allow_extra_args(!names.starts_with('-'));
    return;
  }
  CLI::Option* option = app.add_option_function<std::string>(
      names, [&args, dest](const std::string& text) { args[dest] = text; }, argument.help);
  option->type_name(argument.metavar)->required(argument.required);
  // A toggle without a value has its default text.
  if (argument.kind == cmdline::Kind::toggle)
    option->expected(0, 1)->default_str("yes")->option_text(argument.metavar);
  else if (const auto* text = std::get_if<std::string>(&argument.default_value))
    option->default_str(*text);
}

}  // namespace

CommandLine::CommandLine() : app_("Looks into the cache of modules that dijitso has compiled.", program) {
  app_.footer(
      "The cache directory is the first that is given of --cache-dir, DIJITSO_CACHE_DIR, and cache_dir in section "
      "[cache]\n"
      "of the configuration file .dijitso.conf; else .cache/dijitso in the active virtual or conda environment or in "
      "the\n"
      "home directory. Exit code: 0, 1 for an error, 64 for wrong usage; grep, grepfunction and symbols: 0 found, 1 "
      "not, 2 for\n"
      "an error. The command is installed as dijitso too.");
  app_.fallthrough();
  app_.require_subcommand(0, 1);
  app_.set_version_flag("--version", DIJITSO_VERSION_STRING, "Print the version and exit");
  cmdline::Parser common;
  cmdline::args_common(common);
  add(app_, common);
  for (const cmdline::Command& command : cmdline::commands()) {
    CLI::App* subcommand = app_.add_subcommand(command.name, command.summary);
    cmdline::Parser parser;
    command.add_arguments(parser);
    add(*subcommand, parser);
    subcommand->footer(parser.epilog());
    subcommand->callback([this, &command] { command_ = &command; });
  }
}

void CommandLine::add(CLI::App& app, const cmdline::Parser& parser) {
  for (const cmdline::Argument& argument : parser.arguments()) add_argument(app, argument, args_);
}

}  // namespace dijitso::tool
