// The command verify. Tested in tests/cli/verify_test.py.
#include "cache/inspect/verify.h"

#include "cmdline/core/options.h"
#include "cmdline/core/output.h"
#include "cmdline/core/progress.h"

#include <nlohmann/json.hpp>

namespace dijitso::cmdline {
namespace {

using cache::Fault;

const char* name_of(Fault fault) {
  return fault == Fault::corrupt ? "corrupt" : fault == Fault::untrusted ? "untrusted" : "unreadable";
}

void print_as_json(std::ostream& out, const CacheParams& params, const cache::VerifyResult& result) {
  Json document = json_document();
  document["cache_dir"] = params.cache_dir;
  document["files"] = result.files;
  document["faults"] = result.faults();
  Json& findings = document["findings"] = Json::array();
  for (const cache::Finding& finding : result.findings)
    findings.push_back({{"path", finding.path.string()},
                        {"fault", name_of(finding.fault)},
                        {"reason", finding.reason},
                        {"repaired", finding.repaired}});
  print_json(out, document);
}

void print_as_text(std::ostream& out, const CacheParams& params, const cache::VerifyResult& result) {
  const Style style(out);
  for (const cache::Finding& finding : result.findings) {
    out << style.bold(name_of(finding.fault)) << ' ' << printable(finding.path.string()) << ": "
        << printable(finding.reason);
    if (finding.repaired) out << (finding.path.extension() == ".o" ? " [put aside]" : " [removed]");
    out << '\n';
  }
  out << counted(result.files, "file") << " in '" << printable(params.cache_dir) << "': ";
  out << (result.findings.empty() ? "nothing is wrong" : counted(result.findings.size(), "finding")) << ".\n";
}

}  // namespace

void args_verify(Parser& parser) {
  add_flag(parser, "--all", "all",
           "Verify precompiled headers and derived files too, and that everything fits together");
  add_flag(parser, "--repair", "repair",
           "Move damaged entries to quarantine/ and remove derived files that do not fit");
  parser.add_argument(json_argument());
  parser.set_epilog(
      "Exit code: the sum of 1 (corrupt: not what was written, or it does not fit), 2 (untrusted: others may have\n"
      "written it) and 4 (unreadable); 0 when nothing is wrong. What is repaired is built again when it is needed.");
}

int cmd_verify(const Args& args, const ParamsDict& params, std::ostream& out) {
  const Options options(args_verify, args);
  const CacheParams cache_params = validate_params(params).cache;
  const bool repair = options.flag("repair") && !options.flag("dry_run");
  const cache::VerifyResult result =
      cache::verify(cache_params, options.flag("all"), repair, ProgressBar("verifying").progress());
  if (options.flag("json"))
    print_as_json(out, cache_params, result);
  else
    print_as_text(out, cache_params, result);
  return result.faults();
}

}  // namespace dijitso::cmdline
