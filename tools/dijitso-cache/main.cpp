// dijitso-cache: looks into the cache of compiled modules. Links no libLLVM, so that it starts in a millisecond or two.
// Tested in tests/cli.
#include "command.h"
#include "output.h"

#include <dijitso/log.h>
#include <dijitso/version.h>

#include <CLI/CLI.hpp>

#include <iostream>

namespace dijitso::tool {

ParamsDict Session::runtime_params() const {
  ParamsDict params;
  if (cache_dir) params["cache"]["cache_dir"] = *cache_dir;
  return params;
}

namespace {

constexpr const char* program = "dijitso-cache";

int usage_error(const std::string& command, const std::string& message) {
  const std::string with_command = command.empty() ? program : std::string(program) + " " + command;
  std::cerr << with_command << ": " << printable(message) << "\nTry '" << with_command << " --help'.\n";
  return exit_usage;
}

int failure(const std::string& message) {
  std::cerr << program << ": " << printable(message) << '\n';
  return exit_failure;
}

void add_global_options(CLI::App& app, Session& session) {
  app.set_version_flag("--version", DIJITSO_VERSION_STRING, "Print the version and exit");
  app.add_option("-r,--cache-dir", session.cache_dir,
                 "Cache directory to look into [default: what 'config --key cache_dir' prints]")
      ->type_name("DIR")
      ->check([](const std::string& dir) { return dir.empty() ? std::string("the directory is empty") : ""; });
  app.add_option_function<std::string>(
         "-v,--verbose", [](const std::string& level) { set_log_level(level); },
         "Least severe messages to print: DEBUG, INFO, WARNING or ERROR")
      ->type_name("LEVEL")
      ->check(CLI::IsMember({"DEBUG", "INFO", "WARNING", "ERROR"}, CLI::ignore_case).description(""));
}

std::string chosen_command(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  return chosen.empty() ? "" : chosen.front()->get_name();
}

int run(int argc, char** argv) {
  Session session;
  CLI::App app("Looks into the cache of modules that dijitso has compiled.", program);
  app.footer(
      "The cache directory is the first that is given of --cache-dir, DIJITSO_CACHE_DIR, and cache_dir in section "
      "[cache]\n"
      "of the configuration file .dijitso.conf; else .cache/dijitso in the active virtual or conda environment or in "
      "the\n"
      "home directory. Exit code: 0, 1 for an error, 64 for wrong usage.");
  app.fallthrough();
  app.require_subcommand(0, 1);
  add_global_options(app, session);
  add_show_command(app, session);
  add_config_command(app, session);
  add_version_command(app, session);
  if (argc <= 1) {
    std::cerr << app.help();
    return exit_usage;
  }
  try {
    app.parse(argc, argv);
    if (!session.run) return usage_error("", "no command is given; it is one of show, config and version");
    return session.run();
  } catch (const CLI::Success& success) {
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    return usage_error(chosen_command(app), error.what());
  } catch (const UsageError& error) {
    return usage_error(chosen_command(app), error.what());
  }
}

}  // namespace
}  // namespace dijitso::tool

int main(int argc, char** argv) {
  using namespace dijitso::tool;
  try {
    const int code = run(argc, argv);
    if (!std::cout.flush()) return failure("cannot write to standard output");
    return code;
  } catch (const std::exception& error) {
    return failure(error.what());
  }
}
