// dijitso-cache: inspects the cache of compiled modules. <dijitso/cmdline.h> implements the commands; this file handles
// the command line, errors and exit codes. It loads no LLVM, so it starts in one or two milliseconds. Tested in
// tests/cli.
#include "command_line.h"
#include "documents.h"

#include <dijitso/log.h>

#include <CLI/Error.hpp>

#include <csignal>
#include <iostream>
#include <string_view>

namespace dijitso::tool {
namespace {

using cmdline::printable;
using cmdline::UsageError;

constexpr int exit_failure = 1;
constexpr int exit_usage = 64;

int usage_error(const CommandLine& line, const std::string& message) {
  std::string name = program;
  for (const CLI::App* command : line.app().get_subcommands()) name += " " + command->get_name();
  std::cerr << name << ": " << printable(message) << "\nTry '" << name << " --help'.\n";
  return exit_usage;
}

int failure(const std::string& message, int code = exit_failure) {
  std::cerr << program << ": " << printable(message) << '\n';
  return code;
}

void set_log_level(const cmdline::Args& args) try {
  const auto level = args.find("verbose");
  if (level != args.end()) dijitso::set_log_level(std::get<std::string>(level->second));
} catch (const InvalidArgument& error) {
  throw UsageError(std::string("--verbose: ") + error.what());
}

int run_command(const CommandLine& line) {
  if (!line.command()) throw UsageError("no command is given");
  const cmdline::Command& command = *line.command();
  set_log_level(line.args());
  const ParamsDict params = cmdline::common_params(line.args());
  try {
    const int code = command.run(line.args(), params, std::cout);
    return std::cout.flush() ? code : failure("cannot write to standard output", command.failure);
  } catch (const UsageError&) {
    throw;
  } catch (const std::exception& error) {
    return failure(error.what(), command.failure);
  }
}

// An unknown command is an error even with --help, and gets a better message than CLI11's.
void check_command(const CommandLine& line) {
  const std::vector<std::string> rest = line.app().remaining();
  if (line.app().get_subcommands().empty() && !rest.empty() && !rest[0].starts_with('-'))
    cmdline::find_command(rest[0]);
}

// Options that the build uses.
bool print_document(int argc, char** argv) {
  const std::string_view word = argc == 2 ? argv[1] : "";
  if (word == "--completion") std::cout << bash_completion();
  if (word == "--man") std::cout << manual_page();
  return word == "--completion" || word == "--man";
}

int run(int argc, char** argv) {
  if (print_document(argc, argv)) return 0;
  CommandLine line;
  if (argc <= 1) {
    std::cerr << line.app().help();
    return exit_usage;
  }
  try {
    try {
      line.parse(argc, argv);
    } catch (const CLI::Success& success) {
      check_command(line);
      return line.app().exit(success);
    } catch (const CLI::ParseError& error) {
      check_command(line);
      throw UsageError(error.what());
    }
    return run_command(line);
  } catch (const UsageError& error) {
    return usage_error(line, error.what());
  }
}

}  // namespace
}  // namespace dijitso::tool

int main(int argc, char** argv) {
  // A parent that ignores SIGCHLD passes that on. The system would then keep no exit codes of processes started here.
  std::signal(SIGCHLD, SIG_DFL);
  try {
    return dijitso::tool::run(argc, argv);
  } catch (const std::exception& error) {
    return dijitso::tool::failure(error.what());
  }
}
