// The command config: every parameter, its value, and where that value comes from.
#include "cmdline/core/options.h"
#include "cmdline/core/output.h"
#include "params/convert.h"
#include "params/nearest.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <type_traits>

namespace dijitso::cmdline {
namespace {

using params::OriginOf;

std::string full_name(const OriginOf& param) { return param.category + "." + param.name; }

Json as_json(const Value& value) {
  return std::visit(
      [](const auto& known) -> Json {
        if constexpr (std::is_same_v<decltype(known), const std::monostate&>)
          return nullptr;
        else
          return known;
      },
      static_cast<const Value::variant&>(value));
}

std::string nearest_name(const std::vector<OriginOf>& all, const std::string& key) {
  const bool full = key.find('.') != std::string::npos;
  std::vector<std::string> names;
  for (const OriginOf& param : all) names.push_back(full ? full_name(param) : param.name);
  return params::nearest(key, names);
}

const OriginOf& find_param(const std::vector<OriginOf>& all, const std::string& key) {
  std::vector<const OriginOf*> matches;
  for (const OriginOf& param : all)
    if (full_name(param) == key || param.name == key) matches.push_back(&param);
  if (matches.size() == 1) return *matches.front();
  if (matches.empty())
    throw UsageError("--key: there is no parameter '" + key + "'; the nearest is '" + nearest_name(all, key) + "'");
  throw UsageError("--key: '" + key + "' is ambiguous: '" + full_name(*matches[0]) + "' or '" + full_name(*matches[1]) +
                   "'");
}

void print_one(std::ostream& out, const OriginOf& param, bool json) {
  if (!json) {
    out << printable(params::to_text(param.value)) << '\n';
    return;
  }
  Json document = json_document();
  document["category"] = param.category;
  document["name"] = param.name;
  document["value"] = as_json(param.value);
  document["origin"] = param.origin;
  print_json(out, document);
}

void print_all_as_json(std::ostream& out, const std::vector<OriginOf>& all) {
  Json document = json_document();
  Json& categories = document["params"] = Json::object();
  for (const OriginOf& param : all)
    categories[param.category][param.name] = {{"value", as_json(param.value)}, {"origin", param.origin}};
  print_json(out, document);
}

void print_all(std::ostream& out, const std::vector<OriginOf>& all) {
  std::size_t name_width = 0;
  std::size_t value_width = 0;
  for (const OriginOf& param : all) {
    name_width = std::max(name_width, param.name.size());
    value_width = std::max(value_width, params::to_text(param.value).size());
  }
  constexpr std::size_t widest_value = 44;  // a longer value moves its origin to the right
  value_width = std::min(value_width, widest_value);
  const Style style(out);
  std::string category;
  for (const OriginOf& param : all) {
    if (param.category != category) {
      category = param.category;
      out << style.bold(category) << '\n';
    }
    const std::string text = printable(params::to_text(param.value));
    const std::string value = param.value.is_none() ? "(none)" : text.empty() ? "(empty)" : text;
    const std::string origin = printable(param.origin);
    out << "  " << pad_right(param.name, name_width) << "  " << pad_right(value, value_width) << "  "
        << (origin == "default" ? style.faint(origin) : origin) << '\n';
  }
}

// The parameters with their origins. `params` may be a complete dictionary from validate_params, in which most values
// are those of lower layers; these get the origin that they have there.
std::vector<OriginOf> explain(const ParamsDict& params) {
  std::vector<OriginOf> all = params::explain_params(params);
  std::map<std::string, OriginOf> lower;
  for (OriginOf& param : params::explain_params({})) lower.emplace(full_name(param), std::move(param));
  for (OriginOf& param : all) {
    const auto same = lower.find(full_name(param));
    if (same != lower.end() && same->second.value == param.value) param.origin = same->second.origin;
  }
  return all;
}

}  // namespace

void args_config(Parser& parser) {
  add_text(parser, {"--key"}, "key", "NAME", "Print only this value, e.g. build.cxxflags or src_dir");
  parser.add_argument(json_argument());
  parser.set_epilog(
      "Later layers win: default < configuration file < environment < runtime (here: --cache-dir). Environment "
      "variables\n"
      "are DIJITSO_CACHE_DIR and DIJITSO_<CATEGORY>_<NAME>, for instance DIJITSO_BUILD_CXXFLAGS_OPT.\n"
      "DIJITSO_PERF=1 (names of functions for perf) and DIJITSO_TRACE=FILE (what a run did when) are no parameters.");
}

int cmd_config(const Args& args, const ParamsDict& params, std::ostream& out) {
  const Options options(args_config, args);
  const bool json = options.flag("json");
  const std::vector<OriginOf> all = explain(params);
  if (const auto key = options.text("key"))
    print_one(out, find_param(all, *key), json);
  else if (json)
    print_all_as_json(out, all);
  else
    print_all(out, all);
  return 0;
}

}  // namespace dijitso::cmdline
