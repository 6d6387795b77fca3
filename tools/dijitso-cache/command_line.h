// Parses the commands of <dijitso/cmdline.h> from a command line, with CLI11.
#pragma once

#include <dijitso/cmdline.h>

#include <CLI/App.hpp>

#include <memory>
#include <string>

namespace dijitso::tool {

inline constexpr const char* program = "dijitso-cache";

// The parsed command line, after parse(). `app` and this object refer to each other, so it cannot be copied.
class CommandLine {
 public:
  CommandLine();

  void parse(int argc, char** argv) { app_.parse(argc, argv); }

  const CLI::App& app() const { return app_; }
  // nullptr when no command was given.
  const cmdline::Command* command() const { return command_; }
  const cmdline::Args& args() const { return args_; }

 private:
  void add(CLI::App& app, const cmdline::Parser& parser);

  CLI::App app_;
  cmdline::Args args_;
  const cmdline::Command* command_ = nullptr;
};

}  // namespace dijitso::tool
