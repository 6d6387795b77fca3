// The command stats: how often the cache was used, what that saved, and what is in it. Tested in
// tests/cli/stats_test.py.
#include "cache/api/api.h"
#include "cmdline/browse/usage.h"
#include "cmdline/core/options.h"
#include "cmdline/core/output.h"
#include "cmdline/objects/build_facts.h"

#include <algorithm>

namespace dijitso::cmdline {
namespace {

using cache::Use;

// Everything that is printed.
struct Stats {
  std::string cache_dir;
  cache::UsageHistory usage;
  std::size_t modules = 0, variants = 0, precompiled = 0, quarantined = 0, files = 0;
  std::uint64_t bytes = 0;
  std::optional<std::int64_t> oldest_ns, newest_ns;  // of entries, since 1970
};

Stats look(const CacheParams& params) {
  const cache::Layout layout(params);
  Stats stats;
  stats.cache_dir = layout.root().string();
  stats.usage = cache::read_records(layout);
  for (const cache::Category category : cache::all_categories) {
    const cache::DirectoryContents contents = cache::list_category(layout, category);
    stats.files += contents.files.size();
    stats.bytes += contents.bytes;
    if (category == cache::Category::pch) stats.precompiled = contents.files.size();
    if (category != cache::Category::obj) continue;
    for (const cache::StoredSignature& module : cache::stored_signatures(contents)) {
      ++stats.modules;
      stats.variants += module.variants;
    }
    for (const cache::StoredFile& file : contents.files) {
      stats.oldest_ns = std::min(stats.oldest_ns.value_or(file.written_ns), file.written_ns);
      stats.newest_ns = std::max(stats.newest_ns.value_or(file.written_ns), file.written_ns);
    }
  }
  stats.quarantined = cache::list_quarantine(layout).files.size();
  return stats;
}

Json or_null(const auto& value) { return value ? Json(*value) : nullptr; }

void print_as_json(std::ostream& out, const Stats& stats) {
  Json document = json_document();
  document["cache_dir"] = stats.cache_dir;
  document["use"] = as_json(stats.usage.total());
  document["days"] = as_json(stats.usage);
  document["unreadable"] = stats.usage.unreadable;
  document["contents"] = {{"modules", stats.modules},
                          {"variants", stats.variants},
                          {"precompiled", stats.precompiled},
                          {"quarantined", stats.quarantined},
                          {"count", stats.files},
                          {"bytes", stats.bytes},
                          {"oldest_ns", or_null(stats.oldest_ns)},
                          {"newest_ns", or_null(stats.newest_ns)}};
  print_json(out, document);
}

void print_row(std::ostream& out, const std::string& name, const std::string& value, const std::string& more = "") {
  out << "  " << pad_right(name, 22) << pad_left(value, 12) << (more.empty() ? "" : "  " + more) << '\n';
}

std::string percent(double part) {
  const auto tenths = static_cast<int>(part * 1000 + 0.5);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " %";
}

void print_use(std::ostream& out, const Style& style, const cache::UsageHistory& usage) {
  const cache::UseCounts sum = usage.total();
  const auto row = [&](const std::string& name, Use use) { print_row(out, name, std::to_string(sum[use])); };
  const std::optional<double> ratio = hit_ratio(sum);
  out << style.bold("Use");
  if (!usage.days.empty()) out << style.faint(" since " + as_text(usage.days.begin()->first));
  out << '\n';
  print_row(out, "hits", std::to_string(hits(sum)), ratio ? percent(*ratio) : "");
  row("  from memory", Use::memory_hits);
  row("  from disk", Use::disk_hits);
  row("misses (compiled)", Use::compiles);
  row("published", Use::published);
  if (sum[Use::unpublished]) row("could not be published", Use::unpublished);
  if (sum[Use::quarantined]) row("damaged, put aside", Use::quarantined);
  print_row(out, "time to compile", human_seconds(seconds(sum, Use::compiling_us)));
  print_row(out, "saved", human_seconds(seconds(sum, Use::saved_us)));
  for (const std::string& reason : usage.unreadable) out << "  not counted: " << printable(reason) << '\n';
}

void print_contents(std::ostream& out, const Style& style, const Stats& stats) {
  out << style.bold("Contents") << '\n';
  print_row(out, "modules", std::to_string(stats.modules));
  print_row(out, "variants", std::to_string(stats.variants));
  print_row(out, "precompiled headers", std::to_string(stats.precompiled));
  print_row(out, "put aside, damaged", std::to_string(stats.quarantined));
  print_row(out, "files", std::to_string(stats.files), human_size(stats.bytes));
  if (stats.oldest_ns) out << "  oldest                 " << as_utc(*stats.oldest_ns) << '\n';
  if (stats.newest_ns) out << "  newest                 " << as_utc(*stats.newest_ns) << '\n';
}

void reset(std::ostream& out, const CacheParams& params, bool dryrun, bool json) {
  if (!dryrun) cache::remove_records(params);
  if (json) {
    Json document = json_document();
    document["cache_dir"] = params.cache_dir;
    document["dry_run"] = dryrun;
    print_json(out, document);
    return;
  }
  out << (dryrun ? "Would set the numbers of '" : "Set the numbers of '") << printable(params.cache_dir)
      << "' to zero.\n";
}

}  // namespace

void args_stats(Parser& parser) {
  parser.add_argument({.names = {"-z", "--zero"}, .dest = "zero", .kind = Kind::flag, .help = "Begin to count anew"});
  parser.add_argument(json_argument());
  parser.set_epilog(
      "Programs add what they did to the records in the cache directory when they publish a module, when they end, and "
      "every\n"
      "ten seconds in between. A hit from disk saves the time that its module once took to compile; one from memory "
      "counts\n"
      "as nothing saved. What jit did without a cache on disk, or in a directory that cannot be written, is not "
      "known.");
}

int cmd_stats(const Args& args, const ParamsDict& params, std::ostream& out) {
  const Options options(args_stats, args);
  const CacheParams cache_params = validate_params(params).cache;
  if (options.flag("zero")) {
    reset(out, cache_params, options.flag("dry_run"), options.flag("json"));
    return 0;
  }
  const Stats stats = look(cache_params);
  if (options.flag("json")) {
    print_as_json(out, stats);
    return 0;
  }
  const Style style(out);
  out << style.bold("Cache directory ") << printable(stats.cache_dir) << '\n';
  print_use(out, style, stats.usage);
  print_contents(out, style, stats);
  return 0;
}

}  // namespace dijitso::cmdline
