// The command clean.
#include "cmdline/core/options.h"
#include "cmdline/core/output.h"

#include <nlohmann/json.hpp>

namespace dijitso::cmdline {

void args_clean(Parser& parser) {
  parser.add_argument(categories_argument("inc,src,lib,log"));
  parser.add_argument(json_argument());
  parser.set_epilog(
      "With --dry-run nothing is removed. The category lib includes obj, the compiled modules that libraries are made\n"
      "from. What is removed is compiled again when it is needed; programs that use it go on.");
}

int cmd_clean(const Args& args, const ParamsDict& params, std::ostream& out) {
  const Options options(args_clean, args);
  const bool dry_run = options.flag("dry_run");
  const cache::Categories categories = options.categories();
  const CacheParams cache_params = validate_params(params).cache;
  const auto files = cache::clean_cache(cache_params, dry_run, categories);
  if (options.flag("json")) {
    Json document = json_document();
    document["cache_dir"] = cache_params.cache_dir;
    document["dry_run"] = dry_run;
    document["files"] = files;
    print_json(out, document);
    return 0;
  }
  std::size_t count = 0;
  for (const auto& [category, paths] : files) {
    count += paths.size();
    if (!dry_run) continue;
    for (const std::string& path : paths) out << "rm " << printable(path) << '\n';
  }
  if (!dry_run) out << "Removed " << counted(count, "file") << " from '" << printable(cache_params.cache_dir) << "'.\n";
  return 0;
}

}  // namespace dijitso::cmdline
