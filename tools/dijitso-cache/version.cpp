// dijitso-cache version
#include "cache/entry.h"
#include "command.h"
#include "llvm-config/host.h"
#include "output.h"

#include <dijitso/version.h>

#include <nlohmann/json.hpp>

#include <iostream>
#include <memory>

namespace dijitso::tool {
namespace {

nlohmann::ordered_json describe() {
  nlohmann::ordered_json document = json_document();
  document["version"] = DIJITSO_VERSION_STRING;
  document["entry_schema"] = cache::entry_schema;
  document["llvm_version"] = std::string(llvm_config::llvm_version());
  document["llvm_revision"] = llvm_config::llvm_revision();
  document["host_triple"] = llvm_config::host_triple();
  document["host_features"] = llvm_config::host_features();
  return document;
}

}  // namespace

void add_version_command(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand("version", "Print the version of dijitso");
  command->footer("With --json also the format of cache entries, the version of LLVM and what this machine is.");
  const auto json = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "Print JSON");
  command->callback([json, &session] {
    session.run = [json] {
      if (*json)
        print_json(describe());
      else
        std::cout << DIJITSO_VERSION_STRING << '\n';
      return exit_ok;
    };
  });
}

}  // namespace dijitso::tool
