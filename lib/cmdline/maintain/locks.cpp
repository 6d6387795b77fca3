// The command locks. Tested in tests/cli/locks_test.py.
#include "cache/api/api.h"
#include "cmdline/core/amounts.h"
#include "cmdline/core/options.h"
#include "cmdline/core/output.h"
#include "support/claim.h"

#include <nlohmann/json.hpp>

namespace dijitso::cmdline {
namespace {

struct Lock {
  std::string name;  // <signature>.<slot>
  ClaimSeen seen;
};

std::vector<Lock> find_locks(const cache::Layout& layout) {
  std::vector<Lock> locks;
  for (const cache::StoredFile& file : cache::list_claims(layout).files) {
    if (!cache::parse_variant_name(file.name)) continue;
    const auto seen = cache::as_cache_error([&] { return look_at_claim(layout.claims_dir() / file.name); });
    if (seen) locks.push_back({file.name, *seen});
  }
  return locks;
}

// A process on another machine or in another container counts as "unknown" until its claim is old.
const char* state_of(const ClaimSeen& seen) {
  if (seen.host.empty()) return "damaged";
  return seen.is_stale ? "stale" : seen.is_here ? "alive" : "unknown";
}

void print_as_json(std::ostream& out, const CacheParams& params, const std::vector<Lock>& locks) {
  Json document = json_document();
  document["cache_dir"] = params.cache_dir;
  Json& list = document["locks"] = Json::array();
  for (const auto& [name, seen] : locks)
    list.push_back({{"module", name.substr(0, name.rfind('.'))},
                    {"variant", name},
                    {"state", state_of(seen)},
                    {"host", seen.host},
                    {"pid", seen.pid},
                    {"age_seconds", seen.age}});
  print_json(out, document);
}

void print_as_text(std::ostream& out, const std::vector<Lock>& locks) {
  if (locks.empty()) {
    out << "Nothing is being built.\n";
    return;
  }
  for (const auto& [name, seen] : locks) {
    out << printable(name) << ": " << state_of(seen);
    if (!seen.host.empty()) out << ", process " << seen.pid << " on host " << printable(seen.host);
    out << ", for " << human_age(seen.age) << '\n';
  }
}

}  // namespace

void args_locks(Parser& parser) {
  parser.add_argument(json_argument());
  parser.set_epilog(
      "alive: the process runs on this machine. unknown: it is on another machine. stale: it has ended, or its claim "
      "is\n"
      "older than a day; whoever needs the module takes it away. damaged: no claim; it is taken away after a minute.\n"
      "Claims only save work: removing one in claims/ makes two processes do the same work at worst.");
}

int cmd_locks(const Args& args, const ParamsDict& params, std::ostream& out) {
  const Options options(args_locks, args);
  const CacheParams cache_params = validate_params(params).cache;
  const std::vector<Lock> locks = find_locks(cache::Layout(cache_params));
  if (options.flag("json"))
    print_as_json(out, cache_params, locks);
  else
    print_as_text(out, locks);
  return 0;
}

}  // namespace dijitso::cmdline
