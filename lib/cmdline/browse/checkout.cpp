// The command checkout. Tested in tests/cli/checkout_test.py.
#include "cache/api/api.h"
#include "cmdline/core/choice.h"
#include "cmdline/core/options.h"
#include "cmdline/core/output.h"
#include "params/nearest.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace dijitso::cmdline {
namespace {

// Throws the error for a module without files to copy.
[[noreturn]] void refuse(const std::string& signature, const std::string& categories, const CacheParams& params) {
  const std::vector<std::string> known = stored_modules(params);
  std::string message = "the cache directory '" + params.cache_dir + "' has no files of the module '" + signature + "'";
  if (std::ranges::find(known, signature) != known.end())
    message += " in the categories " + categories + "; its compiled code is in the category obj";
  else if (known.empty())
    message += ", and no other module; check the cache directory";
  else
    message += "; the nearest is '" + params::nearest(signature, known) + "', 'show --signatures' lists all";
  throw InvalidArgument(message);
}

std::vector<std::string> files_of(const std::string& signature, const cache::Categories& categories,
                                  const CacheParams& params) {
  const cache::Layout layout(params);
  std::vector<std::string> files;
  for (const cache::Category category : cache::parse_categories(categories))
    for (const auto& file : cache::files_of(layout, category, signature)) files.push_back(file);
  return files;
}

void print_as_json(std::ostream& out, const std::string& signature, const std::string& path, bool dry_run,
                   const std::vector<std::string>& files) {
  Json document = json_document();
  document["signature"] = signature;
  document["path"] = path;
  document["dry_run"] = dry_run;
  document["files"] = files;
  print_json(out, document);
}

}  // namespace

void args_checkout(Parser& parser) {
  parser.add_argument(categories_argument("inc,src,lib,log"));
  Argument signature = signature_argument("The module, as 'show --signatures' lists it");
  signature.required = true;
  parser.add_argument(std::move(signature));
  parser.add_argument(json_argument());
  parser.set_epilog(
      "The directory is ./jitcheckout-<signature>; files of these names in it are replaced. Sources are decompressed.\n"
      "With --dry-run the files in the cache are listed and nothing is copied.");
}

int cmd_checkout(const Args& args, const ParamsDict& params, std::ostream& out) {
  const Options options(args_checkout, args);
  const std::string signature = options.signature().value();
  const cache::Categories categories = options.categories();
  const bool dry_run = options.flag("dry_run");
  const CacheParams cache_params = validate_params(params).cache;
  const std::string path = "./jitcheckout-" + signature;
  const std::vector<std::string> files = dry_run ? files_of(signature, categories, cache_params)
                                                 : cache::extract_files(signature, cache_params, "", path, categories);
  if (files.empty()) refuse(signature, options.text("categories").value(), cache_params);
  if (options.flag("json")) {
    print_as_json(out, signature, path, dry_run, files);
  } else if (dry_run) {
    for (const std::string& file : files) out << "cp " << printable(file) << ' ' << path << '\n';
  } else {
    out << "Extracted files to '" << path << "'.\n";
  }
  return 0;
}

}  // namespace dijitso::cmdline
