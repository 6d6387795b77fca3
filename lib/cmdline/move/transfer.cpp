// The commands export and import. Tested in tests/cli/transfer_test.py.
#include "cmdline/core/options.h"
#include "cmdline/core/output.h"
#include "cmdline/core/progress.h"

#include <dijitso/log.h>

#include <nlohmann/json.hpp>

namespace dijitso::cmdline {
namespace {

void print_as_json(std::ostream& out, const std::string& file, bool dry_run, const cache::ExportResult& result) {
  Json document = json_document();
  document["file"] = file;
  document["dry_run"] = dry_run;
  document["bytes"] = result.bytes;
  document["modules"] = result.modules;
  document["left_out"] = result.left_out;
  print_json(out, document);
}

}  // namespace

void args_export(Parser& parser) {
  parser.add_argument({.names = {"modules"},
                       .dest = "modules",
                       .kind = Kind::list,
                       .metavar = "MODULE",
                       .help = "Signatures, as 'show --signatures' lists them, or variants, as 'show --files' does"});
  add_flag(parser, "--all", "all", "Export every module");
  parser.add_argument({.names = {"-o", "--output"},
                       .dest = "output",
                       .metavar = "FILE",
                       .help = "The archive to write, such as modules.tar.zst",
                       .required = true});
  parser.add_argument(json_argument());
  parser.set_epilog(
      "The modules that these were built against are exported too. The same modules always give the same file.\n"
      "Damaged entries, and those that need a variant that is gone, are left out with a warning. With --dry-run the\n"
      "names are listed and nothing is written.");
}

int cmd_export(const Args& args, const ParamsDict& params, std::ostream& out) {
  const Options options(args_export, args);
  const std::vector<std::string> modules = options.list("modules");
  const std::string file = options.text("output").value();
  const bool dry_run = options.flag("dry_run");
  if (options.flag("all") != modules.empty()) throw UsageError("give either the modules to export or --all");
  const cache::ExportResult result =
      cache::export_modules(modules, file, validate_params(params).cache, dry_run, ProgressBar("exporting").progress());
  if (options.flag("json")) {
    print_as_json(out, file, dry_run, result);
    return 0;
  }
  for (const std::string& reason : result.left_out) log::get_logger().warning("left out: " + reason);
  if (dry_run)
    for (const std::string& module : result.modules) out << printable(module) << '\n';
  else
    out << "Exported " << counted(result.modules.size(), "module") << " to '" << printable(file) << "', "
        << human_size(result.bytes) << ".\n";
  return 0;
}

void args_import(Parser& parser) {
  parser.add_argument({.names = {"file"},
                       .dest = "file",
                       .metavar = "FILE",
                       .help = "An archive that 'export' has made",
                       .required = true});
  parser.add_argument(json_argument());
  parser.set_epilog(
      "Everything in the archive is verified before anything is imported; what the cache has already is left as it\n"
      "is. With --dry-run it is only verified. The modules of an archive are code that your programs will run: import\n"
      "only those of people whom you trust. A module that was built with other headers than this machine has is not\n"
      "used, but built anew.");
}

int cmd_import(const Args& args, const ParamsDict& params, std::ostream& out) {
  const Options options(args_import, args);
  const std::string file = options.text("file").value();
  const bool dry_run = options.flag("dry_run");
  const CacheParams cache_params = validate_params(params).cache;
  const cache::ImportResult result =
      cache::import_modules(file, cache_params, dry_run, ProgressBar("importing").progress());
  if (options.flag("json")) {
    Json document = json_document();
    document["file"] = file;
    document["cache_dir"] = cache_params.cache_dir;
    document["dry_run"] = dry_run;
    document["imported"] = result.imported;
    document["present"] = result.present;
    print_json(out, document);
    return 0;
  }
  out << (dry_run ? "Would import " : "Imported ") << counted(result.imported, "module") << " into '"
      << printable(cache_params.cache_dir) << "'; " << result.present << (result.present == 1 ? " was" : " were")
      << " there already.\n";
  return 0;
}

}  // namespace dijitso::cmdline
