// Makes layers with Kahn's algorithm: first modules without dependencies, then modules that depend only on placed ones.
// Modules may depend on each other in a cycle, through different variants; they are placed last. Tested in
// unittests/cmdline/report_test.cpp.
#include "cmdline/browse/report.h"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

namespace dijitso::cmdline {
namespace {

constexpr std::size_t most_modules = 150;
constexpr int column = 280, line = 30, box_width = 220, box_height = 22;
constexpr std::size_t longest_label = 24;

using Needs = std::map<std::string, std::set<std::string>>;  // module -> what it depends on
struct Place {
  int x = 0, y = 0;
};

Needs needs_of(const std::vector<ReportRow>& rows) {
  Needs needs;
  for (const ReportRow& row : rows)
    for (const std::string& dependency : row.dependencies) {
      needs[row.signature].insert(dependency);
      needs[dependency];
    }
  return needs;
}

// Returns the modules, layer by layer.
std::vector<std::vector<std::string>> layers_of(Needs needs) {
  std::vector<std::vector<std::string>> layers;
  while (!needs.empty()) {
    std::vector<std::string> layer;
    for (const auto& [module, missing] : needs)
      if (missing.empty()) layer.push_back(module);
    if (layer.empty())  // a cycle
      for (const auto& [module, missing] : needs) layer.push_back(module);
    for (const std::string& module : layer) needs.erase(module);
    for (auto& [module, missing] : needs)
      for (const std::string& placed : layer) missing.erase(placed);
    layers.push_back(std::move(layer));
  }
  return layers;
}

std::map<std::string, Place> places_of(const std::vector<std::vector<std::string>>& layers) {
  std::map<std::string, Place> places;
  for (std::size_t i = 0; i < layers.size(); ++i)
    for (std::size_t k = 0; k < layers[i].size(); ++k)
      places[layers[i][k]] = {static_cast<int>(i) * column, static_cast<int>(k) * line};
  return places;
}

std::string label_of(const std::string& module) {
  if (module.size() <= longest_label) return module;
  return module.substr(0, longest_label / 2) + "..." + module.substr(module.size() - longest_label / 2);
}

}  // namespace

std::string draw_dependencies(const std::vector<ReportRow>& rows) {
  const Needs needs = needs_of(rows);
  if (needs.empty() || needs.size() > most_modules) return "";
  const auto layers = layers_of(needs);
  const std::map<std::string, Place> places = places_of(layers);
  std::size_t highest = 0;
  for (const auto& layer : layers) highest = std::max(highest, layer.size());
  const auto width = static_cast<int>(layers.size()) * column, height = static_cast<int>(highest) * line;
  std::ostringstream svg;
  svg << "<svg width=\"" << width << "\" height=\"" << height << "\" viewBox=\"0 0 " << width << ' ' << height
      << "\">\n";
  for (const auto& [module, dependencies] : needs)
    for (const std::string& dependency : dependencies) {
      const Place from = places.at(dependency), to = places.at(module);
      svg << "<path d=\"M" << from.x + box_width << ' ' << from.y + box_height / 2 << " L" << to.x << ' '
          << to.y + box_height / 2 << "\"/>\n";
    }
  for (const auto& [module, place] : places)
    svg << "<g><title>" << escape_html(module) << "</title><rect x=\"" << place.x << "\" y=\"" << place.y
        << "\" width=\"" << box_width << "\" height=\"" << box_height << "\" rx=\"4\"/><text x=\"" << place.x + 8
        << "\" y=\"" << place.y + box_height - 6 << "\">" << escape_html(label_of(module)) << "</text></g>\n";
  svg << "</svg>\n";
  return svg.str();
}

}  // namespace dijitso::cmdline
