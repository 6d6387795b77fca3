// The command gc. Tested in tests/cli/gc_test.py.
#include "cache/prune/gc.h"

#include "cmdline/core/amounts.h"
#include "cmdline/core/options.h"
#include "cmdline/core/output.h"
#include "cmdline/core/progress.h"

#include <nlohmann/json.hpp>

namespace dijitso::cmdline {
namespace {

cache::GcOptions gc_options(const Options& options) {
  cache::GcOptions what;
  if (const auto size = options.text("max_size")) what.max_bytes = parse_size(*size, "--max-size");
  if (const auto age = options.text("older_than")) what.older_than = parse_age(*age, "--older-than");
  if (!what.max_bytes && !what.older_than) throw UsageError("give --max-size, --older-than, or both");
  what.keep_pinned = options.flag("keep_pinned");
  what.dryrun = options.flag("dry_run");
  return what;
}

void print_as_json(std::ostream& out, const std::string& dir, bool dry_run, const cache::GcResult& result) {
  Json document = json_document();
  document["cache_dir"] = dir;
  document["dry_run"] = dry_run;
  document["removed_bytes"] = result.removed_bytes;
  document["kept"] = {{"count", result.kept_files}, {"bytes", result.kept_bytes}};
  Json& removed = document["removed"] = Json::array();
  for (const auto& path : result.removed) removed.push_back(path.string());
  print_json(out, document);
}

}  // namespace

void args_gc(Parser& parser) {
  add_text(parser, {"--max-size"}, "max_size", "SIZE",
           "Remove until the files of the cache have at most this size, such as 500M or 2G");
  add_text(parser, {"--older-than"}, "older_than", "AGE",
           "Remove what has not been used for so long, such as 12h or 30d");
  parser.add_argument({.names = {"--keep-pinned"},
                       .dest = "keep_pinned",
                       .kind = Kind::toggle,
                       .metavar = "[YES|NO]",
                       .help = "Keep pinned modules and what they need; 'no' removes them too",
                       .default_value = true});
  parser.add_argument(json_argument());
  parser.set_epilog(
      "What was used longest ago goes first, as far as the file system records uses. What a module that stays was\n"
      "built against stays too. Headers, sources, libraries and logs go with the last variant of their module. "
      "Programs\n"
      "that use a module go on; it is compiled again when it is needed. With --dry-run nothing is removed.");
}

int cmd_gc(const Args& args, const ParamsDict& params, std::ostream& out) {
  const Options options(args_gc, args);
  const cache::GcOptions what = gc_options(options);
  const CacheParams cache_params = validate_params(params).cache;
  const cache::GcResult result = cache::collect_garbage(cache_params, what, ProgressBar("reading").progress());
  if (options.flag("json")) {
    print_as_json(out, cache_params.cache_dir, what.dryrun, result);
    return 0;
  }
  if (what.dryrun)
    for (const auto& path : result.removed) out << "rm " << printable(path.string()) << '\n';
  out << (what.dryrun ? "Would remove " : "Removed ") << counted(result.removed.size(), "file") << ", "
      << human_size(result.removed_bytes) << ", from '" << printable(cache_params.cache_dir) << "'; "
      << result.kept_files << ", " << human_size(result.kept_bytes) << (what.dryrun ? ", would stay.\n" : ", stay.\n");
  if (what.max_bytes && result.kept_bytes > *what.max_bytes)
    out << "That is more than wanted: the rest is pinned, or in use just now.\n";
  return 0;
}

}  // namespace dijitso::cmdline
