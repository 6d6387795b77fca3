// The command report. It reads every entry, but does not start the object reader. Tested in tests/cli/report_test.py,
// in a browser too.
#include "cmdline/browse/report.h"

#include "cache/api/api.h"
#include "cmdline/browse/usage.h"
#include "cmdline/core/choice.h"
#include "cmdline/core/options.h"
#include "cmdline/core/output.h"
#include "cmdline/objects/build_facts.h"

#include <algorithm>
#include <set>
#include <sstream>

namespace dijitso::cmdline {
namespace {

ReportRow row_of(const cache::EntryFile& file, const cache::Entry& entry) {
  const BuildFacts facts = build_facts(entry);
  ReportRow row{file.signature, file.slot.text(), file.bytes, facts.seconds, facts.created_ns, facts.command, {}};
  for (const cache::Dependency& dependency : entry.dependencies) row.dependencies.push_back(dependency.signature);
  return row;
}

Report make_report(CacheParams params) {
  params.readonly_dirs.clear();  // the page is about one directory
  const cache::Layout layout(params);
  Report report;
  report.cache_dir = layout.root().string();
  for (const cache::Category category : cache::all_categories)
    report.categories.emplace_back(category, cache::list_category(layout, category));
  for (const cache::EntryFile& file : cache::list_entry_files(params)) {
    try {
      report.rows.push_back(row_of(file, verified(file).entry));
    } catch (const CacheError& error) {
      report.unverified.emplace_back(error.what());
    }
  }
  report.usage = cache::read_records(layout);
  std::ranges::stable_sort(report.rows, std::greater(), &ReportRow::bytes);
  return report;
}

Json seconds_as_json(const CompileSeconds& seconds) {
  Json json = {{"frontend", seconds.frontend}, {"optimiser", seconds.optimiser}, {"codegen", seconds.codegen}};
  if (seconds.backend > 0) json["backend"] = seconds.backend;
  return json;
}

void print_as_json(std::ostream& out, const Report& report) {
  Json document = json_document();
  document["cache_dir"] = report.cache_dir;
  Json& categories = document["categories"] = Json::object();
  for (const auto& [category, contents] : report.categories)
    categories[std::string(cache::category_name(category))] = {{"count", contents.files.size()},
                                                               {"bytes", contents.bytes}};
  document["modules"] = report.modules();
  document["seconds"] = seconds_as_json(report.seconds());
  document["days"] = as_json(report.usage);
  Json& variants = document["variants"] = Json::array();
  for (const ReportRow& row : report.rows)
    variants.push_back({{"signature", row.signature},
                        {"variant", row.variant},
                        {"bytes", row.bytes},
                        {"seconds", seconds_as_json(row.seconds)},
                        {"created_ns", row.created_ns ? Json(*row.created_ns) : nullptr},
                        {"command", row.command},
                        {"dependencies", row.dependencies}});
  document["unverified"] = report.unverified;
  print_json(out, document);
}

void write_file(const std::string& file, const std::string& text) {
  const std::filesystem::path path = std::filesystem::absolute(file);
  cache::as_cache_error(
      [&] { return publish_beside(path, as_bytes(text), 0644, Publish::replace, Durability::relaxed); });
}

}  // namespace

CompileSeconds Report::seconds() const {
  CompileSeconds sum;
  for (const ReportRow& row : rows) {
    sum.frontend += row.seconds.frontend;
    sum.optimiser += row.seconds.optimiser;
    sum.codegen += row.seconds.codegen;
    sum.backend += row.seconds.backend;
  }
  return sum;
}

std::size_t Report::modules() const {
  std::set<std::string_view> signatures;
  for (const ReportRow& row : rows) signatures.insert(row.signature);
  return signatures.size();
}

void args_report(Parser& parser) {
  add_text(parser, {"-o", "--output"}, "output", "FILE",
           "The file to write, such as cache.html [default: standard output]");
  parser.add_argument(json_argument());
  parser.set_epilog(
      "The page needs nothing else and loads nothing: it can be sent to somebody. It shows sizes, compile times,\n"
      "hits and misses of each day, variants and dependencies of what is in the cache directory. Entries that cannot "
      "be verified are named only.");
}

int cmd_report(const Args& args, const ParamsDict& params, std::ostream& out) {
  const Options options(args_report, args);
  const Report report = make_report(validate_params(params).cache);
  std::ostringstream text;
  if (options.flag("json"))
    print_as_json(text, report);
  else
    write_page(text, report);
  if (const auto file = options.text("output")) {
    write_file(*file, text.str());
    out << "Wrote '" << printable(*file) << "'.\n";
  } else {
    out << text.str();
  }
  return 0;
}

}  // namespace dijitso::cmdline
