// The command explain: shows why a run would, or would not, find a module in the cache. Tested in
// tests/cli/explain_test.py.
#include "cache/inspect/explain.h"

#include "cache/api/api.h"
#include "cmdline/core/choice.h"
#include "cmdline/core/options.h"
#include "cmdline/core/output.h"
#include "cmdline/objects/key_text.h"
#include "llvm-config/host.h"

#include <dijitso/build.h>

#include <nlohmann/json.hpp>

#include <map>
#include <utility>

namespace dijitso::cmdline {
namespace {

using cache::Difference;

std::vector<Difference> key_differences(std::string_view first, std::string_view second) {
  std::vector<std::string> order;
  std::map<std::string, Difference> all;
  const auto collect = [&](std::string_view text, std::string Difference::* side) {
    for (const auto& [name, value] : key_components(text)) {
      if (all.try_emplace(name, Difference{name, {}, {}}).second) order.push_back(name);
      all[name].*side = value;
    }
  };
  collect(first, &Difference::first);
  collect(second, &Difference::second);
  std::vector<Difference> found;
  for (const std::string& name : order)
    if (all[name].first != all[name].second) found.push_back(all[name]);
  return found;
}

// The findings about one variant.
struct Explained {
  std::string variant;
  std::vector<std::string> reasons;     // why the entry would not be used today
  std::vector<Difference> differences;  // from the key or entry that it was compared with
};

Explained look_at_today(const cache::EntryFile& file, cache::Catalog& catalog, cache::FileDigests& files) {
  const cache::StoredEntry stored = verified(file);
  Explained explained{file.name(), cache::obstacles(stored.entry, catalog, files), {}};
  for (const std::string& feature : llvm_config::missing_features(stored.entry.isa_features))
    explained.reasons.push_back("it needs the processor feature '" + feature + "', which this machine lacks");
  return explained;
}

// Compares the key of the entry with the key of a request of this process.
Explained against_current(const cache::EntryFile& file, const Params& params, Explained explained) {
  explained.differences = key_differences(verified(file).entry.request, build::request_text(file.signature, params));
  // Only the program that generates code knows the generator parameters.
  std::erase_if(explained.differences,
                [](const Difference& difference) { return difference.name.starts_with("generator"); });
  return explained;
}

Explained against_other(const cache::EntryFile& first, const cache::EntryFile& second) {
  const cache::Entry one = verified(first).entry, other = verified(second).entry;
  Explained explained{first.name(), {}, key_differences(one.request, other.request)};
  for (Difference& difference : cache::differences(one, other)) explained.differences.push_back(std::move(difference));
  return explained;
}

void print_differences(std::ostream& out, const Style& style, const std::vector<Difference>& differences) {
  for (const Difference& difference : differences) {
    out << "  " << style.bold(printable(difference.name)) << '\n';
    for (const auto& [sign, text] : {std::pair("-", difference.first), std::pair("+", difference.second)})
      out << "    " << sign << ' ' << (text.empty() ? style.faint("(none)") : printable(text)) << '\n';
  }
}

void print_as_text(std::ostream& out, const std::vector<Explained>& all, const std::string& other) {
  const Style style(out);
  for (const Explained& explained : all) {
    out << style.bold(printable(explained.variant)) << ": ";
    if (!other.empty())
      out << (explained.differences.empty() ? "is the same as " : "differs from ") << printable(other) << '\n';
    else
      out << (explained.reasons.empty() ? "its request would be answered by it\n" : "would not be used\n");
    for (const std::string& reason : explained.reasons) out << "  " << printable(reason) << '\n';
    print_differences(out, style, explained.differences);
  }
}

void print_as_json(std::ostream& out, const std::vector<Explained>& all, const std::string& other) {
  Json document = json_document();
  document["compared_with"] = other.empty() ? Json() : Json(other);
  Json& variants = document["variants"] = Json::array();
  for (const Explained& explained : all) {
    Json& variant = variants.emplace_back();
    variant["variant"] = explained.variant;
    variant["usable"] = explained.reasons.empty();
    variant["reasons"] = explained.reasons;
    Json& differences = variant["differences"] = Json::array();
    for (const Difference& difference : explained.differences)
      differences.push_back({{"name", difference.name}, {"first", difference.first}, {"second", difference.second}});
  }
  print_json(out, document);
}

std::vector<Explained> explain(const Options& options, const Params& params, std::string& other) {
  const Choice choice = choose(options.text("module").value(), params.cache);
  const std::optional<std::string> second = options.text("second");
  std::vector<Explained> all;
  if (second) {
    const cache::EntryFile with = choose(*second, params.cache).chosen.front();
    other = with.name();
    for (const cache::EntryFile& file : choice.chosen) all.push_back(against_other(file, with));
    std::erase_if(all, [&](const Explained& explained) { return all.size() > 1 && explained.variant == other; });
    return all;
  }
  cache::Catalog catalog(params.cache);
  cache::FileDigests files;
  if (options.flag("against_current")) other = "what is set here";
  for (const cache::EntryFile& file : choice.chosen) {
    all.push_back(look_at_today(file, catalog, files));
    if (options.flag("against_current")) all.back() = against_current(file, params, std::move(all.back()));
  }
  return all;
}

}  // namespace

void args_explain(Parser& parser) {
  parser.add_argument(module_argument());
  add_text(parser, {"second"}, "second", "SECOND",
           "A module or variant to compare it with; of several variants the newest");
  add_flag(parser, "--against-current", "against_current",
           "Compare its key with that of a request with the parameters of here");
  parser.add_argument(json_argument());
  parser.set_epilog(
      "Of the module alone: whether the headers that each variant was built with, what it needs, and the processor "
      "are\n"
      "such that it would be used today. Of two: what differs in their keys, headers and dependencies. The parameters "
      "of\n"
      "here are those that 'config' shows; what a program sets itself, and its generator's parameters, are not known.");
}

int cmd_explain(const Args& args, const ParamsDict& params, std::ostream& out) {
  const Options options(args_explain, args);
  if (options.text("second") && options.flag("against_current"))
    throw UsageError("give either a second module or --against-current");
  std::string other;
  const std::vector<Explained> all = explain(options, validate_params(params), other);
  if (options.flag("json"))
    print_as_json(out, all, other);
  else
    print_as_text(out, all, other);
  return 0;
}

}  // namespace dijitso::cmdline
