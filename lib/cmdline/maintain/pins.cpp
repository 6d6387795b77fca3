// The commands pin and unpin. Tested in tests/cli/gc_test.py.
#include "cache/prune/pins.h"

#include "cmdline/core/choice.h"
#include "cmdline/core/options.h"
#include "cmdline/core/output.h"
#include "params/nearest.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace dijitso::cmdline {
namespace {

void declare(Parser& parser, const char* epilog) {
  parser.add_argument({.names = {"modules"},
                       .dest = "modules",
                       .kind = Kind::list,
                       .metavar = "MODULE",
                       .help = "Signatures of modules; without any, those that are pinned are listed"});
  parser.add_argument(json_argument());
  parser.set_epilog(epilog);
}

void check_known(const std::string& module, const CacheParams& params) {
  const std::vector<std::string> known = stored_modules(params);
  if (std::ranges::find(known, module) != known.end()) return;
  throw InvalidArgument("the cache directory '" + params.cache_dir + "' has no module '" + module + "'" +
                        (known.empty() ? "" : "; the nearest is '" + params::nearest(module, known) + "'"));
}

int list_or(const Options& options, const ParamsDict& given, bool pinning, std::ostream& out) {
  const CacheParams params = validate_params(given).cache;
  const std::vector<std::string> modules = options.list("modules");
  for (const std::string& module : modules) {
    cache::check_signature(module);
    if (pinning) check_known(module, params);
  }
  if (!options.flag("dry_run"))
    for (const std::string& module : modules) pinning ? cache::pin(module, params) : cache::unpin(module, params);
  const std::vector<std::string> pinned = cache::pinned_modules(params);
  if (options.flag("json")) {
    Json document = json_document();
    document["cache_dir"] = params.cache_dir;
    document["pinned"] = pinned;
    print_json(out, document);
  } else {
    for (const std::string& module : pinned) out << printable(module) << '\n';
  }
  return 0;
}

}  // namespace

void args_pin(Parser& parser) {
  declare(parser,
          "Prints what is pinned afterwards. All variants of a module are pinned, and what they were built against is\n"
          "kept with them. 'clean' removes pinned modules too.");
}

int cmd_pin(const Args& args, const ParamsDict& params, std::ostream& out) {
  return list_or(Options(args_pin, args), params, true, out);
}

void args_unpin(Parser& parser) { declare(parser, "Prints what is pinned afterwards. Modules stay until gc runs."); }

int cmd_unpin(const Args& args, const ParamsDict& params, std::ostream& out) {
  return list_or(Options(args_unpin, args), params, false, out);
}

}  // namespace dijitso::cmdline
