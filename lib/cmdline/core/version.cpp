// The command version.
#include "cache/format/entry.h"
#include "cmdline/core/options.h"
#include "cmdline/core/output.h"
#include "llvm-config/host.h"

#include <dijitso/version.h>

#include <nlohmann/json.hpp>

namespace dijitso::cmdline {
namespace {

Json describe() {
  Json document = json_document();
  document["version"] = DIJITSO_VERSION_STRING;
  document["entry_schema"] = cache::entry_schema;
  document["llvm_version"] = std::string(llvm_config::llvm_version());
  document["llvm_revision"] = llvm_config::llvm_revision();
  document["host_triple"] = llvm_config::host_triple();
  document["host_features"] = llvm_config::host_features();
  return document;
}

}  // namespace

void args_version(Parser& parser) {
  parser.add_argument(json_argument());
  parser.set_epilog("With --json also the format of cache entries, the version of LLVM and what this machine is.");
}

// Works even when parameters are invalid.
int cmd_version(const Args& args, const ParamsDict&, std::ostream& out) {
  const Options options(args_version, args);
  if (options.flag("json"))
    print_json(out, describe());
  else
    out << DIJITSO_VERSION_STRING << '\n';
  return 0;
}

}  // namespace dijitso::cmdline
