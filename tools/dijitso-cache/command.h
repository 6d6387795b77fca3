// What the commands of dijitso-cache share. Each command is one file; main.cpp lists them.
//
// A command adds its subcommand with options and help to the application; when it was chosen, its callback leaves in
// `session.run` what is to be done after the whole command line has been understood.
// Errors: UsageError ends with exit code 64, every other exception with 1; both say one line on standard error.
#pragma once

#include <dijitso/params.h>

#include <CLI/App.hpp>

#include <functional>
#include <optional>
#include <stdexcept>
#include <string>

namespace dijitso::tool {

enum ExitCode { exit_ok = 0, exit_failure = 1, exit_usage = 64 };

class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct Session {
  std::optional<std::string> cache_dir;  // --cache-dir
  std::function<int()> run;              // gives the exit code

  // What the command line says about parameters: it wins over environment and configuration file.
  ParamsDict runtime_params() const;
};

void add_version_command(CLI::App& app, Session& session);
void add_config_command(CLI::App& app, Session& session);
void add_show_command(CLI::App& app, Session& session);

}  // namespace dijitso::tool
