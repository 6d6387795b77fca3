// The commands deps and why. A graph is printed as a tree in which the branches of each variant are shown only once, or
// is given to Graphviz. Tested in tests/cli/deps_test.py.
#include "cache/api/api.h"
#include "cache/inspect/dependencies.h"
#include "cmdline/core/choice.h"
#include "cmdline/core/options.h"
#include "cmdline/core/output.h"
#include "support/limited_process.h"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <set>
#include <sstream>
#include <utility>

#include <unistd.h>

namespace dijitso::cmdline {
namespace {

using cache::Variant;

std::vector<const Variant*> find(cache::Catalog& catalog, const std::string& name, const CacheParams& params) {
  const std::vector<const Variant*> variants = catalog.find(name);
  if (!variants.empty()) return variants;
  for (const cache::EntryFile& file : choose(name, params).chosen) verified(file);  // throws the reason
  throw CacheError("the module '" + name + "' has been removed meanwhile");
}

void print_tree(std::ostream& out, const Style& style, const cache::DependencyGraph& graph) {
  std::set<const Variant*> shown;
  std::vector<std::pair<const Variant*, std::size_t>> to_do;
  for (auto root = graph.roots.rbegin(); root != graph.roots.rend(); ++root) to_do.emplace_back(*root, 0);
  while (!to_do.empty()) {
    const auto [variant, depth] = to_do.back();
    to_do.pop_back();
    const std::vector<const Variant*>& next = graph.next.at(variant);
    const bool is_new = shown.insert(variant).second;
    out << std::string(2 * depth, ' ') << printable(variant->signature) << style.faint("." + variant->slot.text());
    if (!is_new && !next.empty()) out << " (see above)";
    out << '\n';
    if (!is_new) continue;
    if (const auto missing = graph.missing.find(variant); missing != graph.missing.end())
      for (const cache::Dependency& dependency : missing->second)
        out << std::string(2 * depth + 2, ' ') << printable(dependency.signature) << " (not in the cache)\n";
    for (auto child = next.rbegin(); child != next.rend(); ++child) to_do.emplace_back(*child, depth + 1);
  }
}

// Signatures contain neither quotes nor backslashes.
std::string as_dot(const cache::DependencyGraph& graph, bool reverse) {
  std::ostringstream out;
  out << "digraph modules {\n  rankdir=LR;\n  node [shape=box, fontname=\"sans-serif\"];\n";
  for (const Variant* variant : graph.order)
    out << "  \"" << variant->name() << "\" [label=\"" << variant->signature << "\\n"
        << variant->slot.text() << "\"];\n";
  for (const Variant* variant : graph.order) {
    for (const Variant* next : graph.next.at(variant)) {
      const auto [from, to] = reverse ? std::pair(next, variant) : std::pair(variant, next);
      out << "  \"" << from->name() << "\" -> \"" << to->name() << "\";\n";
    }
    if (const auto missing = graph.missing.find(variant); missing != graph.missing.end())
      for (const cache::Dependency& dependency : missing->second)
        out << "  \"" << variant->name() << "\" -> \"" << dependency.signature
            << " (not in the cache)\" [style=dashed];\n";
  }
  out << "}\n";
  return out.str();
}

void print_as_json(std::ostream& out, const cache::DependencyGraph& graph, bool reverse) {
  Json document = json_document();
  document["reverse"] = reverse;
  Json& roots = document["roots"] = Json::array();
  for (const Variant* root : graph.roots) roots.push_back(root->name());
  Json& modules = document["modules"] = Json::array();
  for (const Variant* variant : graph.order) {
    Json& module = modules.emplace_back();
    module["variant"] = variant->name();
    module["module"] = variant->signature;
    module["bytes"] = variant->bytes;
    Json& next = module[reverse ? "needed_by" : "needs"] = Json::array();
    for (const Variant* one : graph.next.at(variant)) next.push_back(one->name());
    Json& missing = module["missing"] = Json::array();
    if (const auto found = graph.missing.find(variant); found != graph.missing.end())
      for (const cache::Dependency& dependency : found->second) missing.push_back(dependency.signature);
  }
  print_json(out, document);
}

std::filesystem::path find_program(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream directories(path ? path : "");
  for (std::string directory; std::getline(directories, directory, ':');) {
    const std::filesystem::path program = std::filesystem::path(directory) / name;
    if (directory.starts_with('/') && ::access(program.c_str(), X_OK) == 0) return program;
  }
  throw CacheError("Graphviz's program '" + name +
                   "' is not in PATH: install the package graphviz, or use --dot and draw the graph elsewhere");
}

std::string as_svg(const std::string& dot) {
  bool is_written = false;
  const ProcessResult result = run_limited(find_program("dot"), {"-Tsvg"}, {}, [&]() -> ByteView {
    return std::exchange(is_written, true) ? ByteView() : as_bytes(dot);
  });
  if (!result.failure.empty()) throw CacheError("Graphviz's program 'dot' failed: " + result.failure);
  return result.output;
}

}  // namespace

void args_deps(Parser& parser) {
  parser.add_argument(module_argument());
  add_flag(parser, "--reverse", "reverse", "Show what was built against the module instead");
  add_flag(parser, "--dot", "dot", "Print a graph for Graphviz");
  add_flag(parser, "--svg", "svg", "Print a drawing; runs Graphviz's program dot, which must be installed");
  parser.add_argument(json_argument());
  parser.set_epilog("A module that is needed in several places has its branches in the first.");
}

int cmd_deps(const Args& args, const ParamsDict& params, std::ostream& out) {
  const Options options(args_deps, args);
  if (options.flag("json") + options.flag("dot") + options.flag("svg") > 1)
    throw UsageError("give only one of --json, --dot and --svg");
  const CacheParams cache_params = validate_params(params).cache;
  const bool reverse = options.flag("reverse");
  cache::Catalog catalog(cache_params);
  const cache::DependencyGraph graph =
      cache::dependency_graph(catalog, find(catalog, options.text("module").value(), cache_params), reverse);
  if (options.flag("json"))
    print_as_json(out, graph, reverse);
  else if (options.flag("dot"))
    out << as_dot(graph, reverse);
  else if (options.flag("svg"))
    out << as_svg(as_dot(graph, reverse));
  else
    print_tree(out, Style(out), graph);
  return 0;
}

void args_why(Parser& parser) {
  parser.add_argument(module_argument());
  parser.add_argument({.names = {"needed"},
                       .dest = "needed",
                       .metavar = "NEEDED",
                       .help = "The module of which to say why the first needs it",
                       .required = true});
  parser.add_argument(json_argument());
  parser.set_epilog("Prints a shortest way, one module a line. Exit code: 0 when there is one, else 1.");
}

int cmd_why(const Args& args, const ParamsDict& params, std::ostream& out) {
  const Options options(args_why, args);
  const CacheParams cache_params = validate_params(params).cache;
  const std::string module = options.text("module").value(), needed = options.text("needed").value();
  cache::Catalog catalog(cache_params);
  const std::vector<const Variant*> path =
      cache::dependency_path(catalog, find(catalog, module, cache_params), find(catalog, needed, cache_params));
  if (options.flag("json")) {
    Json document = json_document();
    Json& names = document["path"] = Json::array();
    for (const Variant* variant : path) names.push_back(variant->name());
    print_json(out, document);
  } else if (path.empty()) {
    out << "'" << printable(module) << "' does not need '" << printable(needed) << "'.\n";
  } else {
    for (const Variant* variant : path)
      out << (variant == path.front() ? "" : "needs ") << printable(variant->name()) << '\n';
  }
  return path.empty() ? 1 : 0;
}

}  // namespace dijitso::cmdline
